import { createHash } from "node:crypto";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { isAscii, textOf } from "../buildkit/fsync/byte-name.ts";
import { GoMode } from "../buildkit/fsync/go-mode.ts";
import type { StatEntry } from "../buildkit/fsync/packet.ts";
import { type TreeFilter, walkTree } from "../buildkit/fsync/walk.ts";
import { throwIfAborted } from "../errors.ts";
import { wallClock } from "../progress/own-clock.ts";

/** The files of a directory by path: what stat says of each, and a digest of what the daemon looks at. */
export type FileList = Readonly<Record<string, readonly [stat: string, digest: string]>>;

interface ListOptions {
  /** The list of before: files of which stat says the same are not read again. */
  known: FileList;
  /** When the build began to read them, in nanoseconds since the Unix epoch. */
  began: bigint;
  signal: AbortSignal;
}

const CHUNK = 1024 * 1024;
const SLICE_MS = 10;
/** In place of the digest of what nobody knows: it is never the same. */
export const UNKNOWN = "";

/** Lists what filters let through of a directory. */
export async function listFiles(
  root: string,
  filters: readonly TreeFilter[],
  { known, began, signal }: ListOptions,
): Promise<FileList> {
  const files: Record<string, readonly [string, string]> = Object.create(null);
  let sliceEnd = performance.now() + SLICE_MS;
  for (const filter of filters) {
    for (const entry of walkTree(root, filter)) {
      if (performance.now() > sliceEnd) {
        await setImmediate();
        throwIfAborted(signal);
        sliceEnd = performance.now() + SLICE_MS;
      }
      if (!entry) continue;
      const path = textOf(entry.path);
      if (files[path]) continue;
      const stat = `${entry.mode.toString(8)} ${entry.size} ${entry.mtime} ${entry.linkname}`;
      const before = known[path];
      const digest = before?.[0] === stat && before[1] !== UNKNOWN ? before[1] : digestOf(root, entry, began);
      files[path] = [stat, digest];
    }
  }
  return files;
}

/** As the daemon does: by kind, permissions, link target and content, but not by time. */
function digestOf(root: string, entry: StatEntry, began: bigint): string {
  const isFile = (entry.mode & GoMode.TYPE) === 0;
  // What was written while the build went on is not what the build had. What has a later time yet was not.
  if (isFile && entry.mtime >= began && entry.mtime <= wallClock()) return UNKNOWN;
  const hash = createHash("sha256").update(`${entry.mode} ${isFile ? "" : entry.linkname}\0`);
  try {
    if (isFile) readInto(hash, root, entry.path);
  } catch {
    return UNKNOWN;
  }
  return hash.digest("base64url").slice(0, 22);
}

function readInto(hash: ReturnType<typeof createHash>, root: string, path: string): void {
  const absolute = Buffer.concat([
    Buffer.from(`${root}/`),
    Buffer.from(path, isAscii(path) ? "ascii" : "latin1"),
  ]);
  const fd = openSync(
    absolute,
    constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  );
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (let count = CHUNK; count > 0; ) {
      count = readSync(fd, buffer, 0, CHUNK, null);
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(fd);
  }
}
