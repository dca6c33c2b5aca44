import { randomBytes } from "node:crypto";
import { chown, lstat, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isTsbxError } from "../../errors.ts";
import { type Owner, storeOwner } from "./owner.ts";
import { unreadable, unwritable } from "./store-errors.ts";

/** The files of one store, by path relative to its directory. */
export class StoreFiles {
  readonly dir: string;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #owner: Promise<Owner | undefined> | undefined;

  constructor(dir: string, env: Readonly<Record<string, string | undefined>>) {
    this.dir = dir;
    this.#env = env;
  }

  path(...names: string[]): string {
    return join(this.dir, ...names);
  }

  /**
   * What `parse` makes of a file; `undefined` when there is none.
   * @throws TsbxError `STORE_UNREADABLE`
   */
  async read<T>(name: string, parse: (text: string) => T): Promise<T | undefined> {
    const path = this.path(name);
    try {
      return parse(await readFile(path, "utf8"));
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw unreadable(path, error);
    }
  }

  /** Names of what is in a directory, temporary files left out; none when there is no such directory. */
  async names(directory: string): Promise<string[]> {
    try {
      return (await readdir(this.path(directory))).filter((name) => !name.startsWith("."));
    } catch (error) {
      if (isAbsent(error)) return [];
      throw unreadable(this.path(directory), error);
    }
  }

  /** Writes a file so that it is there whole or not at all, also after a crash. */
  async write(name: string, text: string, mode = 0o600): Promise<void> {
    const path = this.path(name);
    await this.#writing(path, async () => {
      const there = await lstat(path).catch(() => undefined);
      if (there && !there.isFile()) throw new Error("it is not a regular file");
      // Not beside the file: the peer fails on names in `instances` that are not a builder's.
      const temporary = this.path(`.tmp-${basename(path)}${randomBytes(6).toString("hex")}`);
      try {
        await this.#writeSynced(temporary, text, mode);
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    });
  }

  async remove(name: string): Promise<void> {
    const path = this.path(name);
    await this.#writing(path, () => rm(path, { recursive: true, force: true }));
  }

  /** Makes directories of the store (mode 0700), and those around it. */
  async makeDirectories(...names: string[]): Promise<void> {
    await this.#writing(this.dir, async () => {
      for (const name of names) await this.#makeDirectory(this.path(name));
    });
  }

  async #makeDirectory(path: string): Promise<void> {
    const owner = await this.owner();
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) {
      if (owner && (there.uid !== owner.uid || there.gid !== owner.gid))
        await chown(path, owner.uid, owner.gid);
      return;
    }
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (!owner || first === undefined) return;
    for (let made = path; made.length >= first.length; made = dirname(made)) {
      await chown(made, owner.uid, owner.gid);
    }
  }

  async #writeSynced(path: string, text: string, mode: number): Promise<void> {
    const owner = await this.owner();
    const file = await open(path, "wx", mode);
    try {
      await file.writeFile(text);
      await file.chmod(mode);
      if (owner) await file.chown(owner.uid, owner.gid);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** To whom what is written is given; `undefined` when it is left to whom it belongs. */
  owner(): Promise<Owner | undefined> {
    this.#owner ??= storeOwner(this.dir, this.#env);
    return this.#owner;
  }

  async #writing(path: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      throw isTsbxError(error) ? error : unwritable(path, error);
    }
  }
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}
