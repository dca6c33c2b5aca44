import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBed } from "@tsbx/testbed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installedSize } from "../../../scripts/installed-size.mjs";
import { install, withOwnDependencies } from "../../../scripts/pack.mjs";
import { run } from "./support/process.ts";
import { workspace } from "./support/workspace.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const { docker, kubernetes } = loadBed();
const DRIVERS = ["buildkitd", "docker", "docker-container", "kubernetes", "remote"];
/** Has all of @kubernetes/client-node in it. */
const LIBRARY = "driver-kubernetes/dist/chunks/library.js";
/** For the command with the docker driver, in bytes. */
const SIZE_LIMIT = 6_000_000;

describe("the packages, packed and installed with every driver", () => {
  const project = mkdtempSync(join(tmpdir(), "tsbx-packed-"));
  afterAll(() => rmSync(project, { recursive: true, force: true }));
  beforeAll(async () => {
    const names = ["cli", "driver-testkit", ...DRIVERS.map((name) => `driver-${name}`)];
    await install("npm", project, withOwnDependencies(names));
  });

  it("have types that need nothing which is not installed", async () => {
    const modules = readdirSync(join(project, "node_modules/@tsbx")).filter((name) => name !== "cli");
    const entries = modules.flatMap((name) =>
      Object.keys(JSON.parse(read(`node_modules/@tsbx/${name}/package.json`)).exports).map((entry) =>
        join("@tsbx", name, entry),
      ),
    );
    expect(entries).toContain("@tsbx/core/errors");
    const lines = entries.map((entry, index) => `export * as entry${index} from ${JSON.stringify(entry)};\n`);
    writeFileSync(join(project, "all.mts"), lines.join(""));
    const args = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--types", "node"];
    args.push("--typeRoots", join(ROOT, "node_modules/@types"));
    const tsc = await run(join(ROOT, "node_modules/.bin/tsc"), [...args, "all.mts"], {
      cwd: project,
      env: { PATH: process.env.PATH ?? "" },
    });
    expect(tsc.stdout).toBe("");
    expect(tsc.code).toBe(0);
  });

  it("load no driver for what needs none", async () => {
    expect(driversIn(await loaded(["version"]))).toEqual([]);
    expect(driversIn(await loaded(["create", "--help"]))).toEqual([]);
  });

  it("load the driver of the builder at hand and no other", async () => {
    const files = await loaded(["ls"]);
    expect(driversIn(files)).toEqual(["docker"]);
  });

  it("load no Kubernetes client library, but for a cluster whose sign-in needs it", async () => {
    const installed = readdirSync(join(project, "node_modules/@tsbx/driver-kubernetes/dist/chunks"));
    expect(installed.map((name) => `driver-kubernetes/dist/chunks/${name}`)).toContain(LIBRARY);
    const declared = await loaded(["drivers"]);
    expect(driversIn(declared)).toEqual(DRIVERS);
    expect(declared.filter((file) => file.endsWith(LIBRARY))).toEqual([]);

    const home = await workspace();
    await loaded(["create", "--name", "cluster", "--driver", "kubernetes"], home);
    const reached = await loaded(["inspect", "cluster"], home);
    expect(driversIn(reached)).toEqual(["kubernetes"]);
    expect(reached.filter((file) => file.endsWith(LIBRARY))).toEqual([]);
  });

  function read(path: string): string {
    return readFileSync(join(project, path), "utf8");
  }

  /** The files of JavaScript that a command line loads, found by the coverage that V8 writes. */
  async function loaded(args: readonly string[], home?: string): Promise<string[]> {
    home ??= await workspace();
    const coverage = mkdtempSync(join(home, "coverage-"));
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: home,
      DOCKER_HOST: docker.containerd.unix,
      KUBECONFIG: kubernetes.kubeconfig,
      NODE_V8_COVERAGE: coverage,
    };
    const outcome = await run(join(project, "node_modules/.bin/tsbx"), args, { cwd: project, env });
    expect([outcome.code, outcome.stderr]).toEqual([0, ""]);
    return readdirSync(coverage).flatMap((name) => {
      const { result }: { result: { url: string }[] } = JSON.parse(
        readFileSync(join(coverage, name), "utf8"),
      );
      return result.filter(({ url }) => url.startsWith("file:")).map(({ url }) => fileURLToPath(url));
    });
  }

  function driversIn(files: readonly string[]): string[] {
    const found = files.map((file) => /@tsbx\/driver-([a-z-]+)\//.exec(file)?.[1]);
    return [...new Set(found.filter((name) => name !== undefined))].sort();
  }
});

it("the command and the docker driver, packed and installed, take up less than 6 MB", async () => {
  const project = mkdtempSync(join(tmpdir(), "tsbx-packed-"));
  try {
    await install("npm", project, withOwnDependencies(["cli", "driver-docker"]));
    const env = { PATH: process.env.PATH ?? "", DOCKER_HOST: docker.containerd.unix, HOME: project };
    const listed = await run(join(project, "node_modules/.bin/tsbx"), ["ls"], { cwd: project, env });
    expect(listed.stdout).toMatch(/^default\S* +docker/m);
    expect(installedSize(join(project, "node_modules")).bytes).toBeLessThan(SIZE_LIMIT);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});
