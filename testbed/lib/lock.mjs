import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isSameProcess, startTime } from "./proc.mjs";
import { poll, say } from "./run.mjs";

/** A cold `up` compiles for minutes, and whoever waits for it should get the warm bed. */
const waitSeconds = 900;
/** Between making the folder and naming the owner a lock has no owner; longer than this it is abandoned. */
const ownerlessMs = 10_000;

/**
 * Runs `work` while no other process changes what `folder` holds.
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, work) {
  const lock = join(folder, "lock");
  let told = false;
  const got = await poll(() => {
    if (take(lock)) return true;
    if (isStale(lock)) breakLock(lock);
    else if (!told) {
      told = true;
      say(`waiting for process ${owner(lock)?.pid ?? "?"}, which holds ${lock}`);
    }
    return false;
  }, waitSeconds);
  if (!got)
    throw new Error(`${lock} is still held by process ${owner(lock)?.pid ?? "?"} after ${waitSeconds} s`);
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** @param {string} lock */
function take(lock) {
  // `down --purge` may just have deleted the folder.
  mkdirSync(dirname(lock), { recursive: true });
  try {
    mkdirSync(lock);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
  writeFileSync(join(lock, "owner"), JSON.stringify({ pid: process.pid, start: startTime(process.pid) }));
  return true;
}

/**
 * @param {string} lock
 * @returns {{ pid: number, start: string } | undefined}
 */
function owner(lock) {
  try {
    return JSON.parse(readFileSync(join(lock, "owner"), "utf8"));
  } catch {
    return undefined;
  }
}

/** @param {string} lock */
function isStale(lock) {
  const held = owner(lock);
  if (held) return !isSameProcess(held);
  try {
    return Date.now() - statSync(lock).mtimeMs > ownerlessMs;
  } catch {
    return false;
  }
}

/** @param {string} lock */
function breakLock(lock) {
  const aside = `${lock}.stale-${process.pid}`;
  try {
    // Of two processes that see the same stale lock only one can move it.
    renameSync(lock, aside);
  } catch {
    return;
  }
  rmSync(aside, { recursive: true, force: true });
}
