import * as fs from "node:fs";
import { TsbxError } from "../../errors.ts";
import { textOf } from "./byte-name.ts";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants;
const SLASH = 0x2f;
/** Directories kept open at once; each costs a file descriptor. */
const MAX_OPEN = 128;

interface OpenDirectory {
  /** Bytes to put before a name in this directory to get a path to it. */
  prefix: Buffer;
  fd: number | undefined;
}

/**
 * A directory that received files go into and that nothing received can leave. Paths are relative, with
 * `/`, as "binary strings" (one character per byte: names need not be UTF-8).
 *
 * Node has no `openat`. On Linux `/proc/self/fd/N/name` does the same: a directory is opened once, without
 * following a link, and used through its descriptor, so swapping it for a symlink meanwhile changes nothing.
 * Elsewhere each parent is checked just before use, which leaves a moment to whoever can write to the
 * destination at the same time.
 */
export class Destination {
  readonly #open = new Map<string, OpenDirectory>();
  readonly #root: OpenDirectory;

  /** Creates the directory (mode 0700) where it is missing. */
  constructor(path: string) {
    fs.mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#root = openDirectory(Buffer.from(fs.realpathSync(path)));
  }

  /**
   * A path for system calls that do not follow a link in the last component: lstat, mkdir, symlink, rename,
   * unlink, open with O_NOFOLLOW. It is good until the call after the next one, which may close its
   * directory.
   * @throws TsbxError `UNSAFE_PATH` when a directory on the way is not one any more
   */
  pathOf(path: string): Buffer {
    while (this.#open.size > MAX_OPEN) {
      // The order of a Map is that of insertion: the least recently used comes first.
      const [oldest, directory] = this.#open.entries().next().value!;
      this.#open.delete(oldest);
      close(directory);
    }
    return this.#resolve(path);
  }

  /** Opens an existing directory of the destination, for fchmod and futimes. */
  withDirectory(path: string, use: (fd: number) => void): void {
    const fd = fs.openSync(this.pathOf(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      use(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  /**
   * Removes what is at a path, and what is below it when that is a directory. Links are removed, never
   * followed, whatever somebody puts into the place of a directory meanwhile.
   */
  remove(path: string): void {
    if (!fs.lstatSync(this.pathOf(path)).isDirectory()) {
      fs.unlinkSync(this.pathOf(path));
      return;
    }
    const names = fs.readdirSync(this.#directory(path).prefix, "latin1") as unknown as string[];
    for (const name of names) this.remove(`${path}/${name}`);
    this.#forget(path);
    fs.rmdirSync(this.pathOf(path));
  }

  /** Removes all that is not in `keep`, which holds the directories of what it holds. */
  removeOthers(keep: ReadonlySet<string>, directory = ""): void {
    const names = fs.readdirSync(this.#directory(directory).prefix, "latin1") as unknown as string[];
    for (const name of names) {
      const path = directory === "" ? name : `${directory}/${name}`;
      if (!keep.has(path)) this.remove(path);
      else if (fs.lstatSync(this.pathOf(path)).isDirectory()) this.removeOthers(keep, path);
    }
  }

  close(): void {
    for (const directory of this.#open.values()) close(directory);
    this.#open.clear();
    close(this.#root);
  }

  #forget(path: string): void {
    const directory = this.#open.get(path);
    if (!directory) return;
    this.#open.delete(path);
    close(directory);
  }

  #directory(path: string): OpenDirectory {
    if (path === "") return this.#root;
    const known = this.#open.get(path);
    const directory = known ?? this.#openDirectory(path);
    this.#open.delete(path);
    this.#open.set(path, directory);
    return directory;
  }

  #openDirectory(path: string): OpenDirectory {
    try {
      return openDirectory(this.#resolve(path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOTDIR" && code !== "ELOOP") throw error;
      throw new TsbxError("UNSAFE_PATH", `${textOf(path)} is not a directory any more`, { cause: error });
    }
  }

  #resolve(path: string): Buffer {
    const { parent, name } = split(path);
    return Buffer.concat([this.#directory(parent).prefix, Buffer.from(name, "latin1")]);
  }
}

function openDirectory(path: Buffer): OpenDirectory {
  if (process.platform === "linux") {
    const fd = fs.openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return { prefix: Buffer.from(`/proc/self/fd/${fd}/`), fd };
  }
  if (!fs.lstatSync(path).isDirectory()) {
    throw Object.assign(new Error("not a directory"), { code: "ENOTDIR" });
  }
  return { prefix: Buffer.concat([path, Buffer.from([SLASH])]), fd: undefined };
}

function close(directory: OpenDirectory): void {
  if (directory.fd !== undefined) fs.closeSync(directory.fd);
}

/** The directory and the name of a checked path. */
export function split(path: string): { parent: string; name: string } {
  const at = path.lastIndexOf("/");
  return at < 0 ? { parent: "", name: path } : { parent: path.slice(0, at), name: path.slice(at + 1) };
}
