import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { platform } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { withDeadline } from "../../driver/dial/deadline.ts";
import { TsbxError } from "../../errors.ts";
import { holdOwnLock } from "./own-lock.ts";
import type { Owner } from "./owner.ts";
import { unwritable } from "./store-errors.ts";

/** The peer has the lock for as long as its `ls` and `rm` ask nodes, which is 20 s unless it is told otherwise. */
const WAIT_MS = 60_000;
const RETRY_MS = 20;

/** `O_EXLOCK` of macOS and the BSDs: `open` takes the lock that flock(2) would. */
const O_EXLOCK = 0x20;

/** Programs that take flock(2)'s exclusive lock on what they inherit as descriptor 3. */
const LOCKERS: ReadonlyArray<readonly [command: string, ...args: string[]]> = [
  ["flock", "-x", "3"],
  ["perl", "-e", 'open(my $file, "+<&=", 3) && flock($file, 2) or die "$!\n"'],
];

/**
 * Runs an action while nobody else, in whatever process, has the store's lock.
 *
 * It is flock(2)'s lock, which the peer takes, too. Node has no call for it: a short-lived child takes it on the
 * file that this process has open, and since such a lock is the open file's it stays when the child has gone,
 * and ends when this process closes the file or dies.
 * @throws TsbxError `STORE_LOCKED` after a minute, `STORE_UNWRITABLE`, `ABORTED`
 */
export async function withStoreLock<T>(
  path: string,
  owner: Owner | undefined,
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T> {
  let file = path;
  const expired = () =>
    new TsbxError("STORE_LOCKED", `the builder store is locked by another process: ${file}`, {
      hint: "Wait for other builder commands, of buildx too, to finish.",
    });
  const release = await withDeadline(WAIT_MS, signal, expired, async (either) => {
    const taken = await take(path, owner, either);
    if (taken) return taken;
    file = `${path}.tsbx`;
    return holdOwnLock(file, either);
  });
  try {
    return await action();
  } finally {
    await release();
  }
}

/** Undefined where flock(2) is out of reach. */
async function take(
  path: string,
  owner: Owner | undefined,
  signal: AbortSignal,
): Promise<(() => Promise<void>) | undefined> {
  if (platform === "darwin" || platform.endsWith("bsd")) return openLocked(path, owner, signal);
  const file = await openLockFile(path, 0, owner);
  try {
    for (const locker of LOCKERS) {
      if (await lockWith(locker, file, signal)) return () => file.close();
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

async function openLockFile(path: string, flags: number, owner: Owner | undefined): Promise<FileHandle> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, flags | constants.O_RDWR | constants.O_CREAT, 0o600);
    if (owner) await file.chown(owner.uid, owner.gid);
    return file;
  } catch (error) {
    await file?.close();
    throw isHeld(error) ? error : unwritable(path, error);
  }
}

/** With `O_EXLOCK` and `O_NONBLOCK`: another process has the lock. */
function isHeld(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EAGAIN";
}

async function openLocked(path: string, owner: Owner | undefined, signal: AbortSignal) {
  for (;;) {
    try {
      const file = await openLockFile(path, constants.O_NONBLOCK | O_EXLOCK, owner);
      return () => file.close();
    } catch (error) {
      if (!isHeld(error)) throw error;
    }
    await delay(RETRY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw signal.reason;
  }
}

/** False when there is no such program. */
async function lockWith(
  [command, ...args]: readonly [string, ...string[]],
  { fd }: FileHandle,
  signal: AbortSignal,
): Promise<boolean> {
  const { spawn } = await import("node:child_process");
  // An abort meanwhile would find no listener.
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe", fd], windowsHide: true });
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const onAbort = () => child.kill("SIGKILL");
    signal.addEventListener("abort", onAbort, { once: true });
    child.on("error", (error: NodeJS.ErrnoException) => {
      signal.removeEventListener("abort", onAbort);
      if (error.code === "ENOENT") resolve(false);
      else reject(error);
    });
    child.on("close", (code) => {
      signal.removeEventListener("abort", onAbort);
      if (signal.aborted) reject(signal.reason);
      else if (code === 0) resolve(true);
      else reject(new TsbxError("STORE_LOCKED", `cannot lock the builder store: ${command}: ${said.trim()}`));
    });
    if (signal.aborted) onAbort();
  });
}
