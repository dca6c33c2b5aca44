import type { Dirent } from "node:fs";
import { type BigIntStats, constants, lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { TsbxError } from "../../errors.ts";
import { isAscii, textOf } from "./byte-name.ts";
import { followPaths } from "./follow.ts";
import { GoMode } from "./go-mode.ts";
import type { StatEntry } from "./packet.ts";
import { type FilterState, PathFilter } from "./path-filter.ts";

/** What of a tree is asked for. */
export interface TreeFilter {
  include: readonly string[];
  exclude: readonly string[];
  /** Paths to include together with what symlinks in them point to. */
  follow: readonly string[];
}

/** Reads the extended attributes of a file or directory; Node itself cannot. It is not asked for links. */
export type XattrReader = (path: string) => ReadonlyArray<readonly [string, Uint8Array]>;

/** BuildKit's receiver gives this name a meaning of its own and would lose count of the entries. */
const RESERVED = ".fsutil-metadata";

/**
 * A directory tree in the order in which it is sent: each directory before what is in it, siblings by the
 * bytes of their names. Directories that matched nothing come just before the first of their entries that
 * did. Synchronous on purpose: a system call costs less than the hop to another thread. Undefined stands
 * for an entry that is left out: a walk that finds nothing for long can be paused there.
 * @throws TsbxError `UNREADABLE_PATH` naming what could not be read, unless the filter leaves that out.
 */
export function* walkTree(
  root: string,
  filter: TreeFilter,
  readXattrs?: XattrReader,
): Generator<StatEntry | undefined, void, void> {
  const real = realRoot(root);
  const walker = new Walker(real, patterns(real, filter), readXattrs);
  yield* walker.directory("", walker.filter.initial, []);
}

function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch (error) {
    throw unreadable("", error);
  }
}

function patterns(root: string, filter: TreeFilter): PathFilter {
  if (filter.follow.length === 0) return new PathFilter(filter.include, filter.exclude);
  const followed = followPaths(root, filter.follow);
  return new PathFilter([...filter.include, ...(followed ?? [])], filter.exclude);
}

class Walker {
  readonly filter: PathFilter;
  readonly #root: string;
  readonly #readXattrs: XattrReader | undefined;
  /** First path of each inode that has several names, by `device:inode`. */
  readonly #links = new Map<string, string>();

  constructor(root: string, filter: PathFilter, readXattrs: XattrReader | undefined) {
    this.#root = Buffer.from(root).toString("latin1");
    this.filter = filter;
    this.#readXattrs = readXattrs;
  }

  /**
   * @param waiting the directories above that are not sent yet, from the top
   * @param lenient a directory that cannot be read is an empty one
   */
  *directory(
    path: string,
    state: FilterState,
    waiting: StatEntry[],
    lenient = false,
  ): Generator<StatEntry | undefined, void, void> {
    for (const dirent of this.#list(path, lenient)) {
      const name = dirent.name;
      if (path === "" && name === RESERVED) continue;
      const child = path === "" ? name : `${path}/${name}`;
      const isDirectory = dirent.isDirectory();
      const verdict = this.filter.judge(child, isDirectory, state);
      if (!verdict.sent) yield undefined;
      if (verdict.prune || (!verdict.sent && !isDirectory)) continue;
      const entry = this.#stat(child, verdict.excluded);
      if (!entry) continue;
      if (verdict.sent) {
        yield* waiting.splice(0);
        yield this.#finish(entry);
        if (isDirectory) yield* this.directory(child, verdict.state, waiting);
      } else {
        const depth = waiting.length;
        waiting.push(this.#finish(entry));
        yield* this.directory(child, verdict.state, waiting, verdict.excluded);
        // Nothing in it was sent: it is not either.
        if (waiting.length > depth) waiting.length = depth;
      }
    }
  }

  /** Names are binary strings, whose natural order is that of the bytes. */
  #list(path: string, lenient: boolean): Dirent[] {
    try {
      const options = { withFileTypes: true, encoding: "latin1" } as const;
      return readdirSync(this.#absolute(path), options).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if ((isGone(error) && path !== "") || (lenient && isDenied(error))) return [];
      throw unreadable(path, error);
    }
  }

  #stat(path: string, lenient: boolean): Raw | undefined {
    try {
      const absolute = this.#absolute(path);
      const stat = lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
      if (!stat) return undefined;
      const target = stat.isSymbolicLink() ? readlinkSync(absolute, "latin1") : "";
      return { path, stat, target };
    } catch (error) {
      if (isGone(error) || (lenient && isDenied(error))) return undefined;
      throw unreadable(path, error);
    }
  }

  #finish({ path, stat, target }: Raw): StatEntry {
    const posix = Number(stat.mode);
    const mode = goMode(posix);
    const isDevice = (mode & GoMode.DEVICE) !== 0;
    const rdev = isDevice ? Number(stat.rdev) : 0;
    return {
      path,
      mode,
      size: mode & GoMode.DIR ? 0 : Number(stat.size),
      mtime: stat.mtimeNs,
      linkname: target || this.#hardLink(path, stat),
      devmajor: Math.floor(rdev / 256) & 0xfff,
      devminor: (rdev & 0xff) | (Math.floor(rdev / 4096) & 0xfff00),
      ...(this.#readXattrs &&
        target === "" && { xattrs: this.#readXattrs(textOf(this.#absoluteName(path))) }),
    };
  }

  #hardLink(path: string, stat: BigIntStats): string {
    if (stat.nlink < 2n || !stat.isFile()) return "";
    const key = `${stat.dev}:${stat.ino}`;
    const first = this.#links.get(key);
    if (first === undefined) this.#links.set(key, path);
    return first ?? "";
  }

  /** A path for system calls: a string where that says the same bytes. */
  #absolute(path: string): string | Buffer {
    const absolute = this.#absoluteName(path);
    return isAscii(absolute) ? absolute : Buffer.from(absolute, "latin1");
  }

  #absoluteName(path: string): string {
    return path === "" ? this.#root : `${this.#root}/${path}`;
  }
}

interface Raw {
  path: string;
  stat: BigIntStats;
  target: string;
}

const { S_IFMT, S_IFDIR, S_IFLNK, S_IFBLK, S_IFCHR, S_IFIFO } = constants;
// A socket is not among them: it is sent as an empty file.
const TYPES: ReadonlyMap<number, number> = new Map([
  [S_IFDIR, GoMode.DIR],
  [S_IFLNK, GoMode.SYMLINK],
  [S_IFBLK, GoMode.DEVICE],
  [S_IFCHR, GoMode.DEVICE + GoMode.CHAR_DEVICE],
  [S_IFIFO, GoMode.NAMED_PIPE],
]);

function goMode(posix: number): number {
  let mode = posix & 0o777;
  if (posix & 0o4000) mode |= GoMode.SETUID;
  if (posix & 0o2000) mode |= GoMode.SETGID;
  if (posix & 0o1000) mode |= GoMode.STICKY;
  return ((TYPES.get(posix & S_IFMT) ?? 0) | mode) >>> 0;
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

function isDenied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EACCES" || code === "EPERM";
}

function unreadable(path: string, cause: unknown): TsbxError {
  return new TsbxError(
    "UNREADABLE_PATH",
    `cannot read ${textOf(path) || "the context"}: ${(cause as Error).message}`,
    {
      cause,
      hint: "make it readable, or leave it out with a line in .dockerignore",
    },
  );
}
