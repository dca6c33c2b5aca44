import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Driver } from "@tsbx/core/driver";
import { BuilderStore } from "@tsbx/core/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InstalledDrivers } from "../discovery/drivers.ts";
import { readClientId } from "./client-id.ts";
import type { BuilderHost } from "./host.ts";
import { selectBuilder } from "./select.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tsbx-selection-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const SOCKET = "unix:///var/run/docker.sock";
const none = new InstalledDrivers([], (name) => `npm install ${name}`);

function driver(name: string, detect?: Driver["detect"]): Driver {
  return { name, ...(detect && { detect }) } as Driver;
}

function installed(...drivers: Driver[]): BuilderHost["drivers"] {
  return {
    installCommand: (name: string) => `npm install @tsbx/driver-${name}`,
    names: () => drivers.map(({ name }) => name),
    providers: () => drivers.map(({ name }) => name),
    has: (name) => drivers.some((each) => each.name === name),
    load: async (name) => drivers.find((each) => each.name === name) ?? none.load(name),
  };
}

interface Selection extends Partial<BuilderHost> {
  flag?: string;
}

async function select({ flag, env = {}, ...host }: Selection = {}) {
  const warnings: string[] = [];
  const { driver, builder, reason } = await selectBuilder(flag, {
    env: { XDG_STATE_HOME: "/state", ...env },
    cwd: "/",
    store: new BuilderStore(dir, {}),
    dockerConfig: {},
    drivers: installed(remote, container),
    signal: new AbortController().signal,
    warn: (text) => warnings.push(text),
    ...host,
  });
  return { driver: driver.name, builder: builder.name, nodes: builder.nodes, reason, warnings };
}

const remote = driver("remote");
const container = driver("docker-container");

async function store(path: string, content: object | string): Promise<void> {
  const file = join(dir, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
}

const builder = (Name: string, ...nodes: object[]) => ({
  Name,
  Driver: "remote",
  Nodes: nodes,
  Dynamic: false,
});
const node = {
  Name: "n0",
  Endpoint: "tcp://a:1",
  Platforms: null,
  DriverOpts: { key: "k" },
  Flags: null,
  Files: null,
};

describe("selectNode", () => {
  it("takes the builder of --builder before all else, whatever its case", async () => {
    await store("instances/mine", builder("Mine", node));
    const env = { BUILDX_BUILDER: "other", BUILDKIT_HOST: "tcp://b" };
    expect(await select({ flag: "MINE", env })).toEqual({
      driver: "remote",
      builder: "Mine",
      nodes: [{ builder: "Mine", name: "n0", endpoint: "tcp://a:1", options: { key: "k" } }],
      reason: "--builder",
      warnings: [],
    });
  });

  it("takes BUILDX_BUILDER before the store's builder", async () => {
    await store("instances/mine", builder("mine", node));
    await store("instances/other", builder("other", node));
    await store("current", { Key: SOCKET, Name: "mine", Global: false });
    expect(await select({ env: { BUILDX_BUILDER: "other" } })).toMatchObject({
      builder: "other",
      reason: "BUILDX_BUILDER",
    });
  });

  it.each([
    ["set for this endpoint", { Key: SOCKET, Name: "mine", Global: false }, {}, true],
    ["set for another endpoint", { Key: "tcp://elsewhere", Name: "mine", Global: false }, {}, false],
    ["global", { Key: "tcp://elsewhere", Name: "mine", Global: true }, {}, true],
    [
      "set for DOCKER_HOST",
      { Key: "tcp://d:2375", Name: "mine", Global: false },
      { DOCKER_HOST: "tcp://d" },
      true,
    ],
    ["set for DOCKER_CONTEXT", { Key: "c", Name: "mine", Global: false }, { DOCKER_CONTEXT: "c" }, true],
    ["gone", { Key: SOCKET, Name: "gone", Global: false }, {}, false],
    ["empty", { Key: SOCKET, Name: "", Global: false }, {}, false],
  ])("with a current builder that is %s", async (_, current, env, used) => {
    await store("instances/mine", builder("mine", node));
    await store("current", current);
    const selected = await select({ env: { ...env, BUILDKIT_HOST: "tcp://b" } });
    expect(selected.reason).toBe(used ? "the builder store" : "BUILDKIT_HOST");
  });

  it("takes the endpoint's default builder", async () => {
    const hash = createHash("sha256").update("ctx").digest("hex").slice(0, 20);
    await store(`defaults/${hash}`, "mine");
    await store("instances/mine", builder("mine", node));
    expect(await select({ dockerConfig: { currentContext: "ctx" } })).toMatchObject({ builder: "mine" });
  });

  it("takes all nodes of a builder", async () => {
    await store("instances/mine", builder("mine", node, { ...node, Name: "n1" }));
    expect((await select({ flag: "mine" })).nodes).toMatchObject([{ name: "n0" }, { name: "n1" }]);
  });

  it("takes the builders that drivers have by themselves, after the store's", async () => {
    const docker = { ...driver("docker"), builders: async () => [{ name: "ctx", endpoint: "ctx" }] };
    const drivers = installed(docker, remote);
    expect(await select({ flag: "ctx", drivers })).toMatchObject({
      driver: "docker",
      nodes: [{ builder: "ctx", name: "ctx", endpoint: "ctx" }],
    });
    await store("instances/ctx", builder("ctx", node));
    expect(await select({ flag: "ctx", drivers })).toMatchObject({ driver: "remote" });
  });

  it("takes BUILDKIT_HOST when no builder is in use", async () => {
    expect(await select({ env: { BUILDKIT_HOST: "tcp://b" } })).toMatchObject({
      driver: "remote",
      nodes: [{ endpoint: "tcp://b" }],
      reason: "BUILDKIT_HOST",
    });
  });

  it("asks the docker driver first, then buildkitd", async () => {
    const docker = { ...driver("docker", async () => "ctx"), implicitOnly: true };
    const buildkitd = driver("buildkitd", async ({ stateDir }) => stateDir);
    const silent = driver("docker", async () => undefined);
    expect(await select({ drivers: installed(buildkitd, docker) })).toMatchObject({
      driver: "docker",
      builder: "ctx",
      nodes: [{ name: "ctx", endpoint: "ctx" }],
    });
    expect(await select({ drivers: installed(buildkitd, silent) })).toMatchObject({
      driver: "buildkitd",
      nodes: [{ name: "buildkitd0", endpoint: join("/state/tsbx/buildkitd") }],
      warnings: [],
    });
    expect(await select({ drivers: installed(driver("buildkitd")) })).toMatchObject({ driver: "buildkitd" });
  });

  it("passes over a driver that fails, with a warning", async () => {
    const broken = driver("docker", async () => Promise.reject(new Error("docker is broken")));
    expect(await select({ drivers: installed(broken, driver("buildkitd")) })).toMatchObject({
      driver: "buildkitd",
      warnings: ["docker is broken"],
    });
  });

  it("says what to do when there is nothing to build on", async () => {
    await expect(select({ drivers: none })).rejects.toMatchObject({
      code: "NO_BUILDER",
      hint: expect.stringContaining("npm install @tsbx/driver-buildkitd"),
    });
  });

  it.each([
    ["nope", {}, "BUILDER_NOT_FOUND", 'no builder "nope" found'],
    ["../current", {}, "BUILDER_NOT_FOUND", 'no builder "../current" found'],
    ["mine", { "instances/mine": "{" }, "STORE_UNREADABLE", "cannot read the builder store: "],
    ["mine", { "instances/mine": "{}" }, "STORE_UNREADABLE", "cannot read the builder store: "],
    ["default", {}, "DRIVER_NOT_INSTALLED", "driver docker is not installed"],
  ])("refuses builder %s of %j", async (flag, files, code, message) => {
    for (const [path, content] of Object.entries(files)) await store(path, content);
    await expect(select({ flag })).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe("readClientId", () => {
  it("makes one id for all who ask at once, and leaves nothing else behind", async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => readClientId(join(dir, "buildx"))));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(await readdir(join(dir, "buildx"))).toEqual([".buildNodeID"]);
    expect(await readFile(join(dir, "buildx/.buildNodeID"), "utf8")).toBe(ids[0]);
  });

  it("keeps the id that is there", async () => {
    await store(".buildNodeID", "0123456789abcdef");
    expect(await readClientId(dir)).toBe("0123456789abcdef");
  });

  it("does without where none can be kept", async () => {
    await store("file", "");
    expect(await readClientId(join(dir, "file"))).toBeUndefined();
  });
});
