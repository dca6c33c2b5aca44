import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { expect, it } from "vitest";
import { install, installEnv, tarball, withOwnDependencies } from "../../../scripts/pack.mjs";
import { type Outcome, run } from "./support/process.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const { buildkitd } = loadBed();

/** Runs a command that ends in tsbx's, with a home and a store of its own. */
function tsbx(project: string, command: readonly string[], args: readonly string[]): Promise<Outcome> {
  const [program = "", ...rest] = command;
  const env = {
    ...installEnv(),
    BUILDX_CONFIG: join(project, "store"),
    DOCKER_CONFIG: join(project, "docker"),
    XDG_STATE_HOME: join(project, "state"),
    BUILDKIT_HOST: buildkitd.unix,
    // npx keeps what it installs in there.
    npm_config_cache: join(project, "npm-cache"),
    npm_config_loglevel: "error",
  };
  return run(program, [...rest, ...args], { cwd: project, env });
}

/** What is installed is offered, it builds, and of what is not the error says how to install it. */
async function expectOffered(
  project: string,
  command: readonly string[],
  drivers: readonly string[],
  hint: string,
): Promise<void> {
  const list = await tsbx(project, command, ["drivers", "--format", "{{.Name}}{{.Error}}"]);
  expect(list.stderr).toBe("");
  expect(list.stdout.trim().split("\n")).toEqual(drivers);

  writeTree(join(project, "context"), { Dockerfile: "FROM scratch\nCOPY file /\n", file: "file\n" });
  const build = await tsbx(project, command, ["build", "--output", "type=tar,dest=out.tar", "context"]);
  expect([build.code, build.stderr]).toEqual([0, expect.stringContaining("[1/1] COPY file /")]);

  const missing = await tsbx(project, command, ["create", "--driver", "kubernetes"]);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toBe(
    `ERROR: driver kubernetes is not installed (installed: ${drivers.join(", ")})\nHINT: Install it: ${hint}\n`,
  );
}

it("by npm, into a project", async () => {
  const project = join(await workspace(), "project");
  await install("npm", project, withOwnDependencies(["cli", "driver-docker", "driver-remote"]));
  const hint = "npm install @tsbx/driver-kubernetes";
  await expectOffered(project, [join(project, "node_modules/.bin/tsbx")], ["docker", "remote"], hint);
});

it("by pnpm, into a project", async () => {
  const project = join(await workspace(), "project");
  await install("pnpm", project, withOwnDependencies(["cli", "driver-remote"]));
  const hint = "pnpm add @tsbx/driver-kubernetes";
  await expectOffered(project, [join(project, "node_modules/.bin/tsbx")], ["remote"], hint);
});

it("by npx, into nothing", async () => {
  const project = join(await workspace(), "empty");
  await mkdir(project);
  const files = await Promise.all(withOwnDependencies(["cli", "driver-remote"]).map(tarball));
  const packages = files.flatMap((file) => ["-p", file]);
  const hint = "npx -p @tsbx/cli -p @tsbx/driver-kubernetes tsbx ...";
  await expectOffered(project, ["npx", "--yes", ...packages, "tsbx"], ["remote"], hint);
});
