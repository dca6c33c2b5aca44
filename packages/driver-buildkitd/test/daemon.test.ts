import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { NodeConfig, NodeHandle } from "@tsbx/core/driver";
import { loadBed } from "@tsbx/testbed";
import { afterEach, beforeEach, expect, test } from "vitest";
import driver from "../src/index.ts";

const { tools, registry } = loadBed(["tools", "registry"]);
const never = new AbortController().signal;
const run = promisify(execFile);

const config = `
[registry."docker.io"]
mirrors = ["${registry.plain.host}"]
[registry."${registry.plain.host}"]
http = true
`;

let stateDir: string;
let handles: NodeHandle[];
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "tsbx-daemon-"));
  handles = [];
});
afterEach(async () => {
  for (const handle of handles) await handle.remove({ keepState: false }, never);
  await rm(stateDir, { recursive: true });
});

function connect(node: Partial<NodeConfig> = {}, base = stateDir): NodeHandle {
  const env = { PATH: process.env.PATH, TSBX_BUILDKITD: tools.buildkitd };
  const handle = driver.connect(
    {
      builder: "b",
      name: "b0",
      options: { runc: tools.runc },
      files: { "buildkitd.toml": Buffer.from(config) },
      ...node,
    },
    { env, stateDir: base },
  );
  handles.push(handle);
  return handle;
}

async function boot(handle: NodeHandle): Promise<string[]> {
  const steps: string[] = [];
  await handle.boot((step) => steps.push(step), never);
  return steps;
}

/** The processes that name the state directory on their command line. */
function daemons(): Promise<number[]> {
  return processes((line) => line.startsWith(`${tools.buildkitd}\0`) && line.includes(stateDir));
}

/** @param matches whether it is one, by its arguments, each with a zero byte behind it */
async function processes(matches: (commandLine: string) => boolean): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => matches(await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""))),
  );
  return pids.filter((_, index) => found[index]).map(Number);
}

async function socketOf(handle: NodeHandle): Promise<string> {
  const { state, detail } = await handle.status(never);
  expect(state).toBe("running");
  return detail!.slice(detail!.indexOf("unix://"));
}

/** Builds an image with a RUN step, and returns the plain progress. */
async function build(
  handle: NodeHandle,
  dockerfile = "FROM busybox\nRUN echo a-$((40+2))\n",
): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), "tsbx-context-"));
  try {
    await writeFile(join(context, "Dockerfile"), dockerfile);
    const address = ["--addr", await socketOf(handle)];
    const local = ["--local", `context=${context}`, "--local", `dockerfile=${context}`];
    const frontend = ["--frontend", "dockerfile.v0", "--progress", "plain"];
    return (await run(tools.buildctl, [...address, "build", ...frontend, ...local])).stderr;
  } finally {
    await rm(context, { recursive: true });
  }
}

test("proposes itself where there is a buildkitd", async () => {
  const env = { PATH: dirname(tools.buildkitd) };
  expect(await driver.detect?.({ env, stateDir }, never)).toBe("local");
});

test("from nothing to a build to nothing", async () => {
  const handle = connect();
  expect(await handle.status(never)).toEqual({ state: "inactive" });
  await expect(handle.dial(never)).rejects.toMatchObject({ code: "DAEMON_UNREACHABLE" });

  expect(await boot(handle)).toEqual(["starting buildkitd"]);
  expect(await build(handle)).toContain("a-42");
  const connection = await handle.dial(never);
  const [head] = await connection.take(1).toArray();
  expect(head.subarray(3, 5)).toEqual(Buffer.from([4, 0]));
  connection.destroy();
  expect(await handle.logs?.(never)).toContain("running server");

  await handle.stop(never);
  expect(await daemons()).toEqual([]);
  expect(await handle.status(never)).toMatchObject({ state: "stopped" });

  await boot(handle);
  expect(await build(handle)).toContain("CACHED");

  await handle.remove({ keepState: false }, never);
  expect(await daemons()).toEqual([]);
  expect(await readdir(stateDir)).toEqual([]);
  expect(await readFile("/proc/self/mounts", "utf8")).not.toContain(stateDir);
});

test("runs the programs that the options name", async () => {
  const [binary, runc] = [join(stateDir, "own-buildkitd"), join(stateDir, "own-runc")];
  await symlink(tools.buildkitd, binary);
  await symlink(tools.runc, runc);
  const handle = connect({ options: { binary, runc } });
  await boot(handle);
  expect(
    await processes((line) => line.startsWith(`${binary}\0`) && line.includes(`-worker-binary=${runc}\0`)),
  ).toHaveLength(1);
  expect(await build(handle)).toContain("a-42");
});

test("keeps the build cache on request, and nothing else", async () => {
  const handle = connect();
  await boot(handle);
  await build(handle);
  await handle.remove({ keepState: true }, never);
  expect(await readdir(join(stateDir, "b", "b0"))).toEqual(["root"]);
  await boot(handle);
  expect(await build(handle)).toContain("CACHED");
});

test("starters at once start one daemon; later ones use it", async () => {
  const starters = Array.from({ length: 4 }, () => connect());
  const steps = await Promise.all(starters.map(boot));
  expect(steps.flat()).toEqual(["starting buildkitd"]);
  const running = await daemons();
  expect(running).toHaveLength(1);
  expect(await boot(connect())).toEqual([]);
  expect(await daemons()).toEqual(running);
});

test("nodes of one builder do not share a daemon", async () => {
  await Promise.all([boot(connect()), boot(connect({ name: "b1" }))]);
  expect(await daemons()).toHaveLength(2);
});

test("starts again after the daemon was killed", async () => {
  const handle = connect();
  await boot(handle);
  await build(handle);
  const [killed] = await daemons();
  process.kill(killed!, "SIGKILL");
  await expect.poll(daemons).toEqual([]);
  expect(await handle.status(never)).toMatchObject({ state: "stopped" });
  expect(await boot(handle)).toEqual(["starting buildkitd"]);
  expect(await build(handle)).toContain("CACHED");
  expect(await daemons()).not.toContain(killed);
});

test("waits for a daemon that lives without answering", async () => {
  const handle = connect();
  await boot(handle);
  const [pid] = await daemons();
  process.kill(pid!, "SIGSTOP");
  // Not all of its threads stop at once.
  await expect.poll(async () => (await handle.status(never)).state).toBe("starting");
  const booting = boot(handle);
  const seen = await handle.status(never);
  process.kill(pid!, "SIGCONT");
  expect(seen).toMatchObject({ state: "starting" });
  expect(await booting).toEqual([]);
  expect(await daemons()).toEqual([pid]);
});

test("does not take another process for the daemon after its pid was used again", async () => {
  const handle = connect();
  await boot(handle);
  const [pid] = await daemons();
  process.kill(pid!, "SIGKILL");
  await expect.poll(daemons).toEqual([]);
  const record = join(stateDir, "b", "b0", "daemon.json");
  const { started } = JSON.parse(await readFile(record, "utf8"));
  await writeFile(record, JSON.stringify({ pid: process.pid, started }));
  // Would end this very process otherwise.
  await handle.stop(never);
  expect(existsSync(record)).toBe(false);
});

test.each(["stop", "boot", "remove"] as const)(
  "a step that outlives its daemon is ended by %s",
  async (how) => {
    const handle = connect();
    await boot(handle);
    const nonce = randomUUID();
    const building = build(handle, `FROM busybox\nRUN sleep 1000 && echo ${nonce}\n`).catch(() => {});
    const steps = () => processes((line) => line.includes(`&& echo ${nonce}\0`));
    await expect.poll(async () => (await steps()).length, { timeout: 20_000 }).toBeGreaterThan(0);
    const [killed] = await daemons();
    process.kill(killed!, "SIGKILL");
    await building;
    expect(await steps()).not.toEqual([]);
    if (how === "remove") await handle.remove({ keepState: false }, never);
    else if (how === "stop") await handle.stop(never);
    else await boot(handle);
    expect(await steps()).toEqual([]);
    expect(await readFile("/proc/self/mounts", "utf8")).not.toContain(stateDir);
  },
);

test("a daemon whose process is not known is left its socket", async () => {
  const handle = connect();
  await boot(handle);
  const record = join(stateDir, "b", "b0", "daemon.json");
  const recorded = await readFile(record);
  await rm(record);
  for (const end of [() => handle.stop(never), () => handle.remove({ keepState: false }, never)]) {
    await expect(end()).rejects.toMatchObject({ code: "BUILDKITD_NOT_STOPPED" });
  }
  expect(await boot(handle)).toEqual([]);
  await writeFile(record, recorded);
});

test("a start that fails shows the log and leaves nothing running", async () => {
  const handle = connect({ buildkitdFlags: ["--no-such-flag"] });
  await expect(boot(handle)).rejects.toMatchObject({
    code: "BUILDKITD_START_FAILED",
    message: expect.stringMatching(
      /ended with exit code 1 while it was starting; its log ends with:\n[\s\S]*no-such-flag/,
    ),
    hint: expect.stringContaining("buildkitd.log"),
  });
  expect(await daemons()).toEqual([]);
  expect(await handle.status(never)).toMatchObject({ state: "stopped" });
});

test("a program of another kind is named", async () => {
  const binary = join(stateDir, "not-a-program");
  await writeFile(binary, "\x7fELF", { mode: 0o755 });
  const handle = connect({ options: { binary, runc: tools.runc } });
  await expect(boot(handle)).rejects.toMatchObject({
    code: "BUILDKITD_START_FAILED",
    message: expect.stringContaining(binary),
  });
});

test("an aborted boot leaves nothing running", async () => {
  const handle = connect();
  const abort = new AbortController();
  const booting = handle.boot(() => abort.abort(), abort.signal);
  await expect(booting).rejects.toMatchObject({ code: "ABORTED" });
  expect(await daemons()).toEqual([]);
  expect(await readdir(join(stateDir, "b", "b0"))).not.toContain("lock");
});

test("a long state directory: the socket lies elsewhere, and goes too", async () => {
  const deep = join(stateDir, "deep/".repeat(20));
  await mkdir(deep, { recursive: true });
  const handle = connect({}, deep);
  await boot(handle);
  const socket = (await socketOf(handle)).replace("unix://", "");
  expect(socket.length).toBeLessThanOrEqual(104);
  await handle.remove({ keepState: false }, never);
  expect(existsSync(dirname(socket))).toBe(false);
});

test("finds certificates where the configuration names them", async () => {
  const certs = { "certs/r/ca.pem": await readFile(registry.tlsAuth.ca) };
  const toml = `[registry."${registry.tlsAuth.host}"]\nca = ["/etc/buildkit/certs/r/ca.pem"]\n`;
  const handle = connect({ files: { "buildkitd.toml": Buffer.from(toml), ...certs } });
  await boot(handle);
  const written = await readFile(join(stateDir, "b/b0/config/buildkitd.toml"), "utf8");
  const path = /\["(.*)"\]/.exec(written.split("\n")[1]!)?.[1];
  expect(await readFile(path!)).toEqual(certs["certs/r/ca.pem"]);
});
