import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { startTime } from "../lib/proc.mjs";
import { serverState, startServer, stopServer } from "../lib/server.mjs";

/** @type {import("../lib/paths.mjs").BedPaths} */
let bed;

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "tsbx-server-"));
  bed = {
    root,
    run: join(root, "run"),
    log: join(root, "log"),
    certs: root,
    data: root,
    sockets: root,
    json: root,
  };
  mkdirSync(bed.run);
  mkdirSync(bed.log);
});

afterEach(async () => {
  await stopServer(bed, "s");
  rmSync(bed.root, { recursive: true });
});

/** @param {string} script */
const shell = (script) => ({ name: "s", command: "/bin/sh", args: ["-c", script] });
/** Holds once the server has printed its first line. */
const printed = async () => readFileSync(join(bed.log, "s.log"), "utf8").includes("\n");

test("stopping ends what the server started, even when the server ignores the signal", async () => {
  await startServer(bed, { ...shell("trap '' TERM; sleep 1000 & echo $!; wait"), ready: printed });
  const child = Number(readFileSync(join(bed.log, "s.log"), "utf8"));
  assert.notEqual(startTime(child), "");
  await stopServer(bed, "s");
  assert.equal(serverState(bed, "s").state, "stopped");
  assert.ok(["", "Z"].includes(state(child)));
});

test("what a dead server left behind is still ended", async () => {
  const { pid } = await startServer(bed, { ...shell("sleep 1000 & echo $!; wait"), ready: printed });
  const child = Number(readFileSync(join(bed.log, "s.log"), "utf8"));
  process.kill(pid, "SIGKILL");
  await stopServer(bed, "s");
  assert.ok(["", "Z"].includes(state(child)));
});

test("a process that only has the recorded pid is left alone", async () => {
  const other = spawn("sleep", ["1000"]);
  await once(other, "spawn");
  const record = { pid: other.pid, start: "1", spec: "", log: join(bed.log, "s.log") };
  writeFileSync(join(bed.run, "s.json"), JSON.stringify(record));
  assert.equal(serverState(bed, "s").state, "died");
  await stopServer(bed, "s");
  assert.equal(other.exitCode, null);
  assert.equal(other.signalCode, null);
  other.kill();
  await once(other, "exit");
});

test("the same server is left running, a changed one is started anew", async () => {
  const server = { ...shell("echo ready; sleep 1000"), ready: printed };
  const first = await startServer(bed, server);
  assert.equal((await startServer(bed, server)).pid, first.pid);
  assert.notEqual((await startServer(bed, { ...server, env: { CHANGED: "1" } })).pid, first.pid);
});

test("a server that ends while starting is reported with what it printed", async () => {
  const server = { ...shell("echo no such port >&2; exit 1"), ready: async () => false };
  await assert.rejects(startServer(bed, server), /s ended while starting[\s\S]*no such port/);
});

/** @param {number} pid */
function state(pid) {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? "";
  } catch {
    return "";
  }
}
