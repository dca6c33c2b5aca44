import { type FileHandle, open } from "node:fs/promises";

const BATCH = 1024 * 1024;

/**
 * Appends to a file in large writes, of which one runs while the next is gathered: reading from the network
 * and writing to the disk overlap, and no more than two batches are in memory.
 */
export class OverlappedWriter {
  readonly #file: FileHandle;
  #batch: Buffer[] = [];
  #length = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens a file that does not exist yet. */
  static async create(path: string | Buffer, flags: number, mode: number): Promise<OverlappedWriter> {
    return new OverlappedWriter(await open(path, flags, mode));
  }

  get file(): FileHandle {
    return this.#file;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#batch.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= BATCH) await this.#flush();
  }

  /** Resolves when all is written; the file stays open. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  /** Closes the file, whatever became of the writes. */
  async close(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    await this.#writing;
    if (this.#length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#length = 0;
    this.#writing = writeAll(this.#file, batch);
    // The failure is reported by the next write or by finish.
    this.#writing.catch(() => {});
  }
}

async function writeAll(file: FileHandle, buffers: Buffer[]): Promise<void> {
  let rest = buffers;
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest);
    let whole = 0;
    while (whole < rest.length && bytesWritten >= rest[whole]!.length) bytesWritten -= rest[whole++]!.length;
    rest = rest.slice(whole);
    if (bytesWritten > 0) rest[0] = rest[0]!.subarray(bytesWritten);
  }
}
