import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { abortedError, TsbxError } from "../errors.ts";

/** How much of an archive is kept in memory. */
const MEMORY_LIMIT = 64 * 1024 * 1024;
const CHUNK = 1024 * 1024;

/** An archive that came as a stream, kept so that several can read it. Close it when they have. */
export class ArchiveSpool {
  readonly #memory: readonly Uint8Array[];
  readonly #file: SpoolFile | undefined;

  private constructor(memory: readonly Uint8Array[], file: SpoolFile | undefined) {
    this.#memory = memory;
    this.#file = file;
  }

  /**
   * Reads an archive to its end.
   * @throws TsbxError `CONTEXT_NOT_KEPT` when there is no room for it
   */
  static async read(
    archive: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    memoryLimit = MEMORY_LIMIT,
  ): Promise<ArchiveSpool> {
    const memory: Uint8Array[] = [];
    let size = 0;
    let file: SpoolFile | undefined;
    try {
      for await (const chunk of untilAborted(archive, signal)) {
        memory.push(chunk);
        size += chunk.length;
        if (size <= memoryLimit) continue;
        file ??= await SpoolFile.create();
        await file.append(memory.splice(0));
      }
    } catch (error) {
      await file?.close();
      throw error;
    }
    return new ArchiveSpool(memory, file);
  }

  /** All of it, as often as it is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    if (this.#file) yield* this.#file.chunks();
    yield* this.#memory;
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

/** A file that loses its name at once, so that nothing is left of it however the process ends. */
class SpoolFile {
  readonly #file: FileHandle;
  readonly #directory: string;

  private constructor(file: FileHandle, directory: string) {
    this.#file = file;
    this.#directory = directory;
  }

  static async create(): Promise<SpoolFile> {
    try {
      const directory = await mkdtemp(join(tmpdir(), "tsbx-context-"));
      const file = await open(join(directory, "archive"), "wx+", 0o600);
      // Where what is open cannot be removed, it goes when it is closed.
      await rm(directory, { recursive: true }).catch(() => {});
      return new SpoolFile(file, directory);
    } catch (error) {
      throw notKept(error as Error);
    }
  }

  async append(chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) {
      await this.#file.appendFile(chunk).catch((error: Error) => {
        throw notKept(error);
      });
    }
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, void> {
    for (let position = 0; ; ) {
      const { buffer, bytesRead } = await this.#file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** The chunks of a stream that is let go of when `signal` aborts, whatever it waits for. */
async function* untilAborted(
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const chunks = stream[Symbol.asyncIterator]();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(abortedError(signal));
  });
  aborted.catch(() => {});
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    for (;;) {
      const { value, done } = await Promise.race([chunks.next(), aborted]);
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function notKept(cause: Error): TsbxError {
  return new TsbxError("CONTEXT_NOT_KEPT", `cannot keep the context for several nodes: ${cause.message}`, {
    hint: "Let TMPDIR name a directory with room for it, or unpack the context into a directory.",
    cause,
  });
}
