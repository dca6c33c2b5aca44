import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { kill, pid } from "node:process";
import { setTimeout as delay } from "node:timers/promises";

const RETRY_MS = 20;

/**
 * Takes a lock that only other processes of this program honour: a file that names its holder. For systems where
 * flock(2) is out of reach. The file of a dead process is taken over.
 * @returns what releases it
 */
export async function holdOwnLock(path: string, signal: AbortSignal): Promise<() => Promise<void>> {
  const id = `${pid}-${randomBytes(8).toString("hex")}`;
  // A link to it is there whole or not at all.
  const own = `${path}.${id}`;
  await writeFile(own, id, { flag: "wx", mode: 0o600 });
  try {
    while (!(await take(path, own))) {
      await delay(RETRY_MS, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw signal.reason;
    }
  } finally {
    await rm(own, { force: true });
  }
  return () => rm(path, { force: true });
}

/**
 * Makes a file ours, if nobody has it or its holder is dead. Then whoever has the claim to that dead holder's file
 * may replace it, and a claim is a file that is taken in the same way.
 */
async function take(file: string, own: string): Promise<boolean> {
  if (await linkTo(file, own)) return true;
  const holder = await readHolder(file);
  if (holder === undefined || isAlive(Number.parseInt(holder, 10))) return false;
  const claim = `${file}.${holder}`;
  if (!(await take(claim, own))) return false;
  // No two holders have one name: if it is still there, nobody was faster, and nobody can be any more.
  if ((await readHolder(file)) === holder) {
    await rename(claim, file);
    return true;
  }
  await rm(claim, { force: true });
  return false;
}

async function linkTo(file: string, own: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined when there is none, or the file is not of this program. */
async function readHolder(file: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  return /^\d+(-[0-9a-f]+)?$/.exec(text)?.[0];
}

function isAlive(process: number): boolean {
  try {
    kill(process, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
