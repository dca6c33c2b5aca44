import { closeSync, constants, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { isAscii } from "./byte-name.ts";
import { GoMode } from "./go-mode.ts";
import type { StatEntry } from "./packet.ts";
import { PathFilter } from "./path-filter.ts";
import { type TreeFilter, walkTree, type XattrReader } from "./walk.ts";

/** A directory on this machine, or files in memory by path, that the daemon may ask for. */
export type LocalSource = { root: string } | { files: ReadonlyMap<string, Uint8Array> };

/** A tree to be sent: its listing, and its files' content. Paths are binary strings. */
export interface Tree {
  /** In the order of sending; undefined for an entry that is left out. */
  entries(filter: TreeFilter): Generator<StatEntry | undefined, void, void>;
  /** Reads up to `length` bytes of a file from its start; less when it is shorter. */
  readSmall(path: string, target: Buffer, at: number, length: number): number;
  /** Opens a file that is too large for one read. */
  openLarge(path: string): Promise<LargeFile>;
}

/** What is used of a file handle. */
export interface LargeFile {
  read(target: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  close(): Promise<void>;
}

export function treeOf(source: LocalSource, readXattrs?: XattrReader): Tree {
  return "root" in source ? new DirectoryTree(source.root, readXattrs) : new MemoryTree(source.files);
}

/** A file that was swapped for a link or a pipe after it was listed is not followed, and not waited for. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

class DirectoryTree implements Tree {
  readonly #root: string;
  readonly #readXattrs: XattrReader | undefined;

  constructor(root: string, readXattrs: XattrReader | undefined) {
    this.#root = root;
    this.#readXattrs = readXattrs;
  }

  entries(filter: TreeFilter): Generator<StatEntry | undefined, void, void> {
    return walkTree(this.#root, filter, this.#readXattrs);
  }

  readSmall(path: string, target: Buffer, at: number, length: number): number {
    const fd = openSync(this.#absolute(path), OPEN_FLAGS);
    try {
      let done = 0;
      while (done < length) {
        const count = readSync(fd, target, at + done, length - done, null);
        if (count === 0) break;
        done += count;
      }
      return done;
    } finally {
      closeSync(fd);
    }
  }

  openLarge(path: string): Promise<LargeFile> {
    return open(this.#absolute(path), OPEN_FLAGS);
  }

  #absolute(path: string): string | Buffer {
    if (isAscii(path)) return `${this.#root}/${path}`;
    return Buffer.concat([Buffer.from(`${this.#root}/`), Buffer.from(path, "latin1")]);
  }
}

/** Files in memory, with the directories that their paths imply. */
class MemoryTree implements Tree {
  readonly #files: ReadonlyMap<string, Uint8Array>;
  /**
   * The daemon takes a file of the same size and time for unchanged. Content in memory has no time of its
   * own, so it gets that of the build and is always sent.
   */
  readonly #mtime = BigInt(Date.now()) * 1_000_000n;

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#files = new Map(
      [...files].map(([path, content]) => [Buffer.from(path).toString("latin1"), content] as const),
    );
  }

  *entries(filter: TreeFilter): Generator<StatEntry, void, void> {
    const follow = filter.follow.includes(".") ? [] : filter.follow;
    const include = [...filter.include, ...follow];
    const paths = new PathFilter(include, filter.exclude);
    const sent = new Set<string>();
    for (const path of [...this.#files.keys()].sort(bySegments)) {
      const names = path.split("/");
      let state = paths.initial;
      let wanted = false;
      for (let depth = 1; depth <= names.length; depth++) {
        const verdict = paths.judge(names.slice(0, depth).join("/"), depth < names.length, state);
        state = verdict.state;
        wanted = verdict.sent;
      }
      if (!wanted) continue;
      for (let depth = 1; depth < names.length; depth++) {
        const directory = names.slice(0, depth).join("/");
        if (sent.has(directory)) continue;
        sent.add(directory);
        yield this.#entry(directory, GoMode.DIR + 0o755, 0);
      }
      yield this.#entry(path, 0o644, this.#files.get(path)!.length);
    }
  }

  readSmall(path: string, target: Buffer, at: number, length: number): number {
    const content = this.#files.get(path)!;
    target.set(content.subarray(0, length), at);
    return Math.min(length, content.length);
  }

  async openLarge(path: string): Promise<LargeFile> {
    const content = this.#files.get(path)!;
    return {
      async read(target, offset, length, position) {
        const part = content.subarray(position, position + length);
        target.set(part, offset);
        return { bytesRead: part.length };
      },
      async close() {},
    };
  }

  #entry(path: string, mode: number, size: number): StatEntry {
    return { path, mode, size, mtime: this.#mtime, linkname: "", devmajor: 0, devminor: 0 };
  }
}

/** Depth first: `/` sorts below every other byte. */
function bySegments(a: string, b: string): number {
  const [x, y] = [a.replaceAll("/", "\0"), b.replaceAll("/", "\0")];
  return x < y ? -1 : 1;
}
