import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { kill, pid } from "node:process";
import { setTimeout as delay } from "node:timers/promises";

const RETRY_MS = 20;

/**
 * Takes a lock that only other processes of this program honour: a file with the holder's process id in it. For
 * systems where flock(2) is out of reach. The file of a dead process is taken over.
 * @returns what releases it
 */
export async function holdOwnLock(path: string, signal: AbortSignal): Promise<() => Promise<void>> {
  while (!(await create(path))) {
    const holder = Number(await readFile(path, "utf8").catch(() => ""));
    if (holder > 0 && !isAlive(holder)) {
      // Of several that see a dead holder only one can move its file away.
      const aside = `${path}.${pid}`;
      await rename(path, aside).catch(() => {});
      await rm(aside, { force: true });
    } else {
      await delay(RETRY_MS, undefined, { signal }).catch(() => {});
    }
    if (signal.aborted) throw signal.reason;
  }
  return () => rm(path, { force: true });
}

async function create(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(pid), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(process: number): boolean {
  try {
    kill(process, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
