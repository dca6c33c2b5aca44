import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shortHash } from "./paths.mjs";
import { family, isSameProcess, signal, startTime } from "./proc.mjs";
import { poll, say } from "./run.mjs";

/** @typedef {import("./paths.mjs").BedPaths} BedPaths */

/**
 * @typedef {object} ServerSpec
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {string[]} [files]  files read at start: the server is started anew when their content changes
 * @property {Record<string, string>} [env]
 * @property {() => Promise<boolean>} ready
 */

/** @typedef {{ pid: number, start: string, spec: string, log: string }} ServerRecord */

const readySeconds = 30;
/** A daemon asked to end waits for its builds, however long they take; nobody wants them after `down`. */
const stopSeconds = 4;
/** For the kernel to clear away what was killed. */
const killSeconds = 10;

/** @param {BedPaths} bed */
const marker = (bed) => `TSBX_BED_SERVER=${bed.root}`;

/**
 * Starts a server that outlives this process, or leaves it be when the same one already answers.
 * @param {BedPaths} bed
 * @param {ServerSpec} server
 * @returns {Promise<ServerRecord>}
 */
export async function startServer(bed, server) {
  const contents = (server.files ?? []).map((file) => readFileSync(file, "utf8"));
  const spec = shortHash(JSON.stringify([server.command, server.args, server.env, contents]));
  const before = readRecord(bed, server.name);
  if (before && isSameProcess(before) && before.spec === spec && (await server.ready())) return before;
  await stopServer(bed, server.name);

  say(`starting ${server.name}`);
  const log = join(bed.log, `${server.name}.log`);
  const fd = openSync(log, "a");
  const child = spawn(server.command, server.args, {
    cwd: bed.run,
    detached: true,
    stdio: ["ignore", fd, fd],
    env: { ...process.env, ...server.env, TSBX_BED_SERVER: bed.root },
  });
  /** @type {Error | undefined} */
  let failure;
  child.on("error", (error) => {
    failure = error;
  });
  closeSync(fd);
  child.unref();
  if (child.pid === undefined) {
    await poll(() => failure !== undefined, 1);
    throw new Error(`cannot start ${server.name}: ${failure?.message ?? server.command}`);
  }
  const record = { pid: child.pid, start: startTime(child.pid), spec, log };
  writeFileSync(recordPath(bed, server.name), JSON.stringify(record));

  const ready = await poll(async () => !isSameProcess(record) || (await server.ready()), readySeconds);
  if (!isSameProcess(record)) throw new Error(`${server.name} ended while starting\n${tail(log)}`);
  if (!ready) throw new Error(`${server.name} does not answer after ${readySeconds} s\n${tail(log)}`);
  return record;
}

/**
 * Ends a server this bed started, with its children; a pid that now belongs to somebody else is left alone.
 * @param {BedPaths} bed
 * @param {string} name
 */
export async function stopServer(bed, name) {
  const record = readRecord(bed, name);
  if (!record) return;
  const members = family(record, marker(bed));
  if (members.length > 0) say(`stopping ${name}`);
  signal(record, "SIGTERM");
  await poll(() => !isSameProcess(record), stopSeconds);
  for (const member of [...members, ...family(record, marker(bed))]) signal(member, "SIGKILL");
  const gone = await poll(() => !members.some(isSameProcess), killSeconds);
  if (!gone) throw new Error(`${name} (pid ${record.pid}) does not end, not even on SIGKILL`);
  rmSync(recordPath(bed, name), { force: true });
}

/**
 * @param {BedPaths} bed
 * @param {string} name
 * @returns {{ state: "running" | "stopped" | "died", pid?: number, log?: string }}
 */
export function serverState(bed, name) {
  const record = readRecord(bed, name);
  if (!record) return { state: "stopped" };
  return { state: isSameProcess(record) ? "running" : "died", pid: record.pid, log: record.log };
}

/**
 * @param {BedPaths} bed
 * @param {string} name
 */
function recordPath(bed, name) {
  return join(bed.run, `${name}.json`);
}

/**
 * @param {BedPaths} bed
 * @param {string} name
 * @returns {ServerRecord | undefined}
 */
function readRecord(bed, name) {
  try {
    return JSON.parse(readFileSync(recordPath(bed, name), "utf8"));
  } catch {
    return undefined;
  }
}

/** @param {string} log */
function tail(log) {
  const lines = readFileSync(log, "utf8").trimEnd().split("\n").slice(-15);
  return [`last lines of ${log}:`, ...lines].join("\n");
}
