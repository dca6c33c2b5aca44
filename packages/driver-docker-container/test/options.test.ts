import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { execStdio } from "@tsbx/docker-engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { containerName, volumeName } from "../src/names.ts";
import { options } from "../src/options.ts";
import { ask, connect, engine, leftovers, never, nodeName } from "./engine.ts";

/** The part of a container that options show in. */
interface Container {
  Config: { Image: string; Env: string[]; Cmd: string[] };
  HostConfig: Record<string, unknown>;
}

const MIB = 1024 ** 2;
const IMAGE = "docker.io/moby/buildkit:buildx-stable-1";

/** Each option that the container shows: a value, where it shows, and what is there. */
const SHOWN: readonly [
  option: string,
  value: string,
  read: (container: Container) => unknown,
  expected: unknown,
][] = [
  ["image", IMAGE, ({ Config }) => Config.Image, IMAGE],
  ["network", "host", ({ HostConfig }) => HostConfig.NetworkMode, "host"],
  ["memory", "256m", ({ HostConfig }) => HostConfig.Memory, 256 * MIB],
  ["memory-swap", "1g", ({ HostConfig }) => HostConfig.MemorySwap, 1024 * MIB],
  ["cpu-quota", "50000", ({ HostConfig }) => HostConfig.CpuQuota, 50_000],
  ["cpu-period", "100000", ({ HostConfig }) => HostConfig.CpuPeriod, 100_000],
  ["cpu-shares", "512", ({ HostConfig }) => HostConfig.CpuShares, 512],
  ["cpuset-cpus", "0", ({ HostConfig }) => HostConfig.CpusetCpus, "0"],
  ["cpuset-mems", "0", ({ HostConfig }) => HostConfig.CpusetMems, "0"],
  ["cgroup-parent", "/tsbx-test", ({ HostConfig }) => HostConfig.CgroupParent, "/tsbx-test"],
  [
    "restart-policy",
    "on-failure:2",
    ({ HostConfig }) => HostConfig.RestartPolicy,
    { Name: "on-failure", MaximumRetryCount: 2 },
  ],
  [
    "env.",
    "x=y",
    ({ Config }) => Config.Env.filter((entry) => entry.startsWith("HTTP_PROXY=")),
    ["HTTP_PROXY=x=y"],
  ],
];

/** The options that show elsewhere, each in a test below. */
const ELSEWHERE = ["default-load", "provenance-add-gha", "allow-untrusted-image"];

let name: string;
beforeEach(() => {
  name = nodeName();
});
afterEach(async () => {
  await connect(name).remove({ keepState: false }, never);
  expect(await leftovers(name)).toEqual([]);
});

async function boot(
  ...args: Parameters<typeof connect> extends [string, ...infer R] ? R : never
): Promise<Container> {
  await connect(name, ...args).boot(() => {}, never);
  return (await ask<Container>("GET", `/containers/${containerName(name)}/json`))!;
}

/** A file of the node's container; empty when it has none. */
async function fileOf(path: string): Promise<string> {
  const output = await execStdio(engine, containerName(name), ["cat", path], never);
  output.end();
  return text(output).catch(() => "");
}

test("every option is tried", () => {
  const tried = [...SHOWN.map(([option]) => option), ...ELSEWHERE];
  expect(tried.sort()).toEqual(Object.keys(options).sort());
});

test.each(SHOWN)("%s=%s reaches the container", async (option, value, read, expected) => {
  const more = option === "memory-swap" ? { memory: "256m" } : undefined;
  const container = await boot({ [option === "env." ? "env.HTTP_PROXY" : option]: value, ...more });
  expect(read(container)).toEqual(expected);
});

test("without options: what Buildx gives its containers", async () => {
  const { Config, HostConfig } = await boot();
  expect(Config).toMatchObject({ Image: "moby/buildkit:buildx-stable-1", Cmd: null });
  expect(HostConfig).toMatchObject({
    Privileged: true,
    Init: true,
    RestartPolicy: { Name: "unless-stopped" },
    CgroupParent: "/docker/buildx",
    Mounts: [{ Type: "volume", Source: volumeName(name), Target: "/var/lib/buildkit" }],
  });
});

test("default-load", () => {
  expect(connect(name, { "default-load": "true" }).defaultLoad).toBe(true);
  expect(connect(name).defaultLoad).toBe(false);
});

test("allow-untrusted-image is taken, for builders that Buildx uses, too", async () => {
  expect((await boot({ "allow-untrusted-image": "true" })).Config.Image).toBe(
    "moby/buildkit:buildx-stable-1",
  );
});

test("provenance-add-gha: the workflow's context, unless it is off", async () => {
  const directory = await mkdtemp(join(tmpdir(), "tsbx-github-"));
  try {
    const event = join(directory, "event.json");
    await writeFile(event, '{"number":7}');
    const env = { GITHUB_ACTIONS: "true", GITHUB_EVENT_NAME: "push", GITHUB_EVENT_PATH: event };
    const path = "/etc/buildkit/provenance.d/github_actions_context.json";
    await boot({}, {}, env);
    expect(JSON.parse(await fileOf(path))).toMatchObject({
      github_event_name: "push",
      github_event_payload: { number: 7 },
    });
    await connect(name).remove({ keepState: false }, never);
    await boot({ "provenance-add-gha": "false" }, {}, env);
    expect(await fileOf(path)).toBe("");
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("configuration, certificates and flags are in the container", async () => {
  const files = {
    "buildkitd.toml": Buffer.from("debug = true\n"),
    "certs/registry.example/ca.pem": Buffer.from("certificate\n"),
  };
  const { Config } = await boot({}, { files, buildkitdFlags: ["--oci-worker-gc=false"] });
  expect(Config.Cmd).toEqual(["--config", "/etc/buildkit/buildkitd.toml", "--oci-worker-gc=false"]);
  expect(await fileOf("/etc/buildkit/buildkitd.toml")).toBe("debug = true\n");
  expect(await fileOf("/etc/buildkit/certs/registry.example/ca.pem")).toBe("certificate\n");
});
