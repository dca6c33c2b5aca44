import { randomUUID } from "node:crypto";
import { link, mkdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { identify, isAlive, parseIdentity } from "./process-identity.ts";
import { pause } from "./wait.ts";

/**
 * Runs `work` while no other process, and no other caller in this one, holds the lock: a symbolic link, whose
 * target names the holder. It is made with that in one step, and finds room on a full disk, where `remove` must
 * still work. A lock whose holder is dead is taken over.
 *
 * @param signal ends the waiting with its reason
 */
export async function withLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const own = JSON.stringify({ ...(await identify(process.pid)), token: randomUUID().slice(0, 8) });
  while (!(await take(path, own))) {
    const holder = await read(path);
    if (holder !== undefined && (await isStale(holder))) await breakLock(path, holder);
    else await pause(signal);
  }
  try {
    return await work();
  } finally {
    // The work may have deleted the directory, and another process have begun anew.
    if ((await read(path)) === own) await rm(path, { force: true });
  }
}

async function take(path: string, own: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await symlink(own, path);
    return true;
  } catch (error) {
    // ENOENT: a remove deleted the directory in between.
    if (hasCode(error, "EEXIST") || hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

async function isStale(holder: string): Promise<boolean> {
  const identity = parseIdentity(holder);
  return identity === undefined || !(await isAlive(identity));
}

/** Removes the lock of a dead `holder`, unless someone else has taken it over meanwhile. */
async function breakLock(path: string, holder: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    // Of several that find the same stale lock only one can move it.
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  const moved = await read(aside);
  // Between our look and our move another process may have broken the lock and taken it.
  if (moved !== holder) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

function read(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
