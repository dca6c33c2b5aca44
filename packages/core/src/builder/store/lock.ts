import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { chown, type FileHandle, open } from "node:fs/promises";
import { platform } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { withDeadline } from "../../driver/dial/deadline.ts";
import { TsbxError } from "../../errors.ts";
import { holdOwnLock } from "./own-lock.ts";
import type { Owner } from "./owner.ts";

const WAIT_MS = 20_000;
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
 * @throws TsbxError `STORE_LOCKED` after 20 seconds, `ABORTED`
 */
export async function withStoreLock<T>(
  path: string,
  owner: Owner | undefined,
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T> {
  const expired = () =>
    new TsbxError("STORE_LOCKED", `the builder store is locked by another process: ${path}`, {
      hint: "Wait for other builder commands, of buildx too, to finish.",
    });
  const release = await withDeadline(WAIT_MS, signal, expired, (either) => take(path, owner, either));
  try {
    return await action();
  } finally {
    await release();
  }
}

async function take(
  path: string,
  owner: Owner | undefined,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  if (platform === "darwin" || platform.endsWith("bsd")) return openLocked(path, owner, signal);
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    if (owner) await file.chown(owner.uid, owner.gid);
    for (const locker of LOCKERS) {
      if (await lockWith(locker, file, signal)) return () => file.close();
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return holdOwnLock(`${path}.tsbx`, signal);
}

async function openLocked(path: string, owner: Owner | undefined, signal: AbortSignal) {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK;
  for (;;) {
    try {
      const file = await open(path, flags, 0o600);
      if (owner) await chown(path, owner.uid, owner.gid);
      return () => file.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
    await delay(RETRY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw signal.reason;
  }
}

/** False when there is no such program. */
function lockWith(
  [command, ...args]: readonly [string, ...string[]],
  { fd }: FileHandle,
  signal: AbortSignal,
): Promise<boolean> {
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
