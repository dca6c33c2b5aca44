import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { mkdir, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OverlappedWriter } from "./overlapped-writer.ts";

const { O_WRONLY, O_CREAT, O_EXCL } = constants;
const PERMISSIONS = 0o7777;

/**
 * A file that a result is written to. A regular one has another name until it is complete, and then takes
 * the old one's place with its permissions, through a symlink as well. A pipe or a device is no place to put
 * a file: it is written to, and stays what it is.
 */
export class FileTarget {
  readonly #writer: OverlappedWriter;
  /** The name while it is not complete; undefined when it is written to in place. */
  readonly #temporary: string | undefined;
  readonly #place: string;
  /** The mode of the file that is there already. */
  readonly #mode: number | undefined;

  private constructor(writer: OverlappedWriter, place: string, temporary?: string, mode?: number) {
    this.#writer = writer;
    this.#place = place;
    this.#temporary = temporary;
    this.#mode = mode;
  }

  /** Creates the directories that lead to it. */
  static async open(dest: string): Promise<FileTarget> {
    const existing = await statIfExists(dest);
    if (existing && !existing.isFile() && !existing.isDirectory()) {
      return new FileTarget(await OverlappedWriter.create(dest, O_WRONLY, 0), dest);
    }
    const place = existing ? await realpath(dest) : dest;
    await mkdir(dirname(place), { recursive: true });
    // A name may be at its longest already, so the temporary one holds only the start of it.
    const start = basename(place).slice(0, 50);
    const temporary = join(dirname(place), `.${start}.${randomBytes(6).toString("hex")}.tmp`);
    const mode = existing ? 0o600 : 0o666;
    const writer = await OverlappedWriter.create(temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
    return new FileTarget(writer, place, temporary, existing?.mode);
  }

  write(bytes: Buffer): Promise<void> {
    return this.#writer.write(bytes);
  }

  async complete(): Promise<void> {
    await this.#writer.finish();
    if (this.#mode !== undefined) await this.#writer.file.chmod(this.#mode & PERMISSIONS);
    await this.#writer.close();
    if (this.#temporary !== undefined) await rename(this.#temporary, this.#place);
  }

  /** Leaves nothing of it. */
  async abandon(): Promise<void> {
    await this.#writer.close();
    if (this.#temporary !== undefined) await rm(this.#temporary, { force: true });
  }
}

async function statIfExists(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
