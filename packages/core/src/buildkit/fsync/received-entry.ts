import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { TsbxError } from "../../errors.ts";
import { textOf } from "./byte-name.ts";
import { type Destination, split } from "./destination.ts";
import { posixPermissions } from "./go-mode.ts";
import { OverlappedWriter } from "./overlapped-writer.ts";

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;
const CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

/** What of a received entry matters on disk. */
export interface EntryAttributes {
  path: string;
  mode: number;
  /** For utimes(2), see {@link secondsOf}. */
  mtime: string;
}

/**
 * A time as Node's utimes take it: as text, because negative numbers mean "now" to them. They make it a
 * double, of which there is one every 2^-22 s in this century, and cut off what is beyond nanoseconds: the
 * next double up keeps the microsecond that was meant. Exact ones stay.
 */
export function secondsOf(nanoseconds: bigint): string {
  const seconds = Number(nanoseconds) / 1e9;
  return String(Number.isInteger(seconds * 1024) ? seconds : seconds + 2 ** -22);
}

/**
 * Makes a directory, or makes what is there one. A directory that is there already stays, and becomes
 * writable: the caller sets the mode when what belongs into it is there.
 */
export function placeDirectory(dest: Destination, path: string): void {
  const target = dest.pathOf(path);
  const existing = fs.lstatSync(target, { throwIfNoEntry: false });
  if (existing?.isDirectory()) {
    if ((existing.mode & 0o300) !== 0o300) {
      dest.withDirectory(path, (fd) => fs.fchmodSync(fd, (existing.mode & 0o7777) | 0o700));
    }
    return;
  }
  if (existing) fs.unlinkSync(target);
  try {
    fs.mkdirSync(target, { mode: 0o700 });
  } catch (error) {
    // Streams of several platforms fill one destination side by side.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** @throws TsbxError `UNSAFE_PATH` for a target that no link can have */
export function placeSymlink(dest: Destination, entry: EntryAttributes, target: Buffer): void {
  if (target.length === 0 || target.includes(0)) {
    const path = JSON.stringify(textOf(entry.path));
    throw new TsbxError("UNSAFE_PATH", `the daemon sent ${path}: unclean link target`);
  }
  replace(dest, entry.path, (path) => {
    fs.symlinkSync(target, path);
    fs.lutimesSync(path, entry.mtime, entry.mtime);
  });
}

/** Makes another name for a file that was placed before. */
export function placeHardLink(dest: Destination, path: string, linkname: string): void {
  if (!fs.lstatSync(dest.pathOf(linkname)).isFile()) {
    throw new TsbxError("UNSAFE_PATH", `${JSON.stringify(textOf(linkname))} is not a regular file any more`);
  }
  replace(dest, path, (target) => fs.linkSync(dest.pathOf(linkname), target));
}

/** Writes a whole small file. */
export function placeFile(dest: Destination, entry: EntryAttributes, content: readonly Buffer[]): void {
  replace(dest, entry.path, (path) => {
    const fd = fs.openSync(path, CREATE, 0o600);
    try {
      for (const part of content) writeFully(fd, part);
      fs.fchmodSync(fd, posixPermissions(entry.mode));
      fs.futimesSync(fd, entry.mtime, entry.mtime);
    } finally {
      fs.closeSync(fd);
    }
  });
}

function writeFully(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at);
}

/** A large file on its way: it has another name until it is complete. */
export class IncomingFile {
  readonly #dest: Destination;
  readonly #temporary: string;
  readonly #writer: OverlappedWriter;

  private constructor(dest: Destination, temporary: string, writer: OverlappedWriter) {
    this.#dest = dest;
    this.#temporary = temporary;
    this.#writer = writer;
  }

  static async create(dest: Destination, path: string): Promise<IncomingFile> {
    const temporary = temporaryName(path);
    const writer = await OverlappedWriter.create(dest.pathOf(temporary), CREATE, 0o600);
    return new IncomingFile(dest, temporary, writer);
  }

  write(bytes: Buffer): Promise<void> {
    return this.#writer.write(bytes);
  }

  async complete(entry: EntryAttributes): Promise<void> {
    await this.#writer.finish();
    await this.#writer.file.chmod(posixPermissions(entry.mode));
    await this.#writer.file.utimes(entry.mtime, entry.mtime);
    await this.#writer.close();
    moveInto(this.#dest, this.#temporary, entry.path);
  }

  async abandon(): Promise<void> {
    await this.#writer.close();
    fs.rmSync(this.#dest.pathOf(this.#temporary), { force: true });
  }
}

/** What makes a name; all that comes after has made it. */
const MAKING: ReadonlySet<string | undefined> = new Set(["open", "symlink", "link"]);

/** Makes something; where its name is taken, under a temporary one that takes its place. */
function replace(dest: Destination, path: string, make: (path: Buffer) => void): void {
  if (makeAt(dest.pathOf(path), make)) return;
  const temporary = temporaryName(path);
  if (!makeAt(dest.pathOf(temporary), make)) throw new Error(`${textOf(temporary)} is taken`);
  try {
    moveInto(dest, temporary, path);
  } catch (error) {
    fs.rmSync(dest.pathOf(temporary), { force: true });
    throw error;
  }
}

/**
 * Makes all of something, or leaves nothing of it.
 * @returns false when the name is taken, of which nothing is known but that
 */
function makeAt(path: Buffer, make: (path: Buffer) => void): boolean {
  try {
    make(path);
    return true;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (!MAKING.has(syscall)) fs.rmSync(path, { force: true });
    else if (code === "EEXIST") return false;
    throw error;
  }
}

function moveInto(dest: Destination, temporary: string, path: string): void {
  if (fs.lstatSync(dest.pathOf(path), { throwIfNoEntry: false })?.isDirectory()) dest.remove(path);
  fs.renameSync(dest.pathOf(temporary), dest.pathOf(path));
}

function temporaryName(path: string): string {
  const { parent } = split(path);
  // A name may be at its longest already, so the temporary one does not contain it.
  const temporary = `.tsbx-${randomBytes(8).toString("hex")}.tmp`;
  return parent === "" ? temporary : `${parent}/${temporary}`;
}
