import { setImmediate } from "node:timers/promises";
import { TsbxError } from "../../errors.ts";
import { PREFIX_LENGTH } from "../transport/framing.ts";
import { Code, GrpcError } from "../transport/status.ts";
import type { MessageStream } from "../transport/stream.ts";
import { textOf } from "./byte-name.ts";
import type { LargeFile, Tree } from "./local-source.ts";
import { dataHeaderLength, MAX_DATA_HEADER, type StatEntry, writeDataHeader } from "./packet.ts";
import { SentTree } from "./sent-tree.ts";

/** Files up to this size are read at once and sent with others in one write. */
const SMALL_FILE = 64 * 1024;
const SLAB = 256 * 1024;
/** Below the 4 MiB that the oldest daemons take as one message. */
const CHUNK = 512 * 1024;
/** How long small files are read before the event loop, with the daemon's health checks, gets its turn. */
const SLICE_MS = 5;

interface ListedFile {
  path: string;
  size: number;
}

/** Serves the content of listed files, in the order in which it is asked for. */
export class FileServer {
  readonly #stream: MessageStream;
  readonly #tree: Tree;
  readonly #warn: ((text: string) => void) | undefined;
  readonly #sent: SentTree;
  /** By id; undefined is what cannot be asked for, or was already. */
  readonly #files: Array<ListedFile | undefined> = [];
  #queue: number[] = [];
  #next = 0;
  #ended = false;
  #wake: (() => void) | undefined;
  #slab = Buffer.allocUnsafeSlow(SLAB);
  #used = 0;

  constructor(
    stream: MessageStream,
    tree: Tree,
    warn: ((text: string) => void) | undefined,
    sent = new SentTree(),
  ) {
    this.#stream = stream;
    this.#tree = tree;
    this.#warn = warn;
    this.#sent = sent;
  }

  /** Counts an entry of the listing; every entry has an id, but only regular files can be asked for. */
  listed(file: StatEntry | undefined): void {
    this.#files.push(file && { path: file.path, size: file.size });
  }

  /** @throws GrpcError for a file that was not listed, or was asked for before. */
  request(id: number): void {
    if (!this.#files[id]) throw new GrpcError(Code.INVALID_ARGUMENT, `invalid file id ${id}`);
    this.#queue.push(id);
    this.#wake?.();
  }

  /** No more requests will come. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Serves nothing more, not even what was asked for. */
  abandon(): void {
    this.#queue = [];
    this.#next = 0;
    this.end();
  }

  get ended(): boolean {
    return this.#ended;
  }

  async run(): Promise<void> {
    let sliceEnd = performance.now() + SLICE_MS;
    for (;;) {
      while (this.#next < this.#queue.length) {
        await this.#serve(this.#queue[this.#next++]!);
        if (performance.now() < sliceEnd) continue;
        await setImmediate();
        sliceEnd = performance.now() + SLICE_MS;
      }
      this.#queue = [];
      this.#next = 0;
      await this.#flush();
      if (this.#queue.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #serve(id: number): Promise<void> {
    const file = this.#files[id];
    if (!file) throw new GrpcError(Code.INVALID_ARGUMENT, `invalid file id ${id}`);
    this.#files[id] = undefined;
    if (file.size > SMALL_FILE) {
      await this.#flush();
      await this.#sendLarge(id, file);
      return;
    }
    if (this.#used + file.size + 2 * MAX_DATA_HEADER > SLAB) await this.#flush();
    this.#addSmall(id, file);
  }

  /** Puts the file's content and its end into the slab. */
  #addSmall(id: number, file: ListedFile): void {
    const header = dataHeaderLength(id, file.size);
    let length = 0;
    if (file.size > 0) {
      try {
        length = this.#tree.readSmall(file.path, this.#slab, this.#used + header, file.size);
      } catch (error) {
        this.#unreadable(file, error);
      }
      if (length < file.size) this.#shorter(file, length);
    }
    if (length > 0) {
      const actual = dataHeaderLength(id, length);
      if (actual !== header) {
        this.#slab.copyWithin(this.#used + actual, this.#used + header, this.#used + header + length);
      }
      this.#used = writeDataHeader(this.#slab, this.#used, id, length) + length;
    }
    this.#used = writeDataHeader(this.#slab, this.#used, id, 0);
    this.#sent.add(file.path, length);
  }

  async #sendLarge(id: number, file: ListedFile): Promise<void> {
    const content = await this.#tree.openLarge(file.path).catch((error) => this.#unreadable(file, error));
    let length = 0;
    try {
      if (content) length = await this.#sendChunks(id, file, content);
    } finally {
      await content?.close();
    }
    if (length < file.size) this.#shorter(file, length);
    this.#sent.add(file.path, length);
    const end = Buffer.allocUnsafe(dataHeaderLength(id, 0));
    writeDataHeader(end, 0, id, 0);
    this.#stream.sendFramed(end);
  }

  /** @returns how much there was, up to the size that was listed */
  async #sendChunks(id: number, file: ListedFile, content: LargeFile): Promise<number> {
    let position = 0;
    let ahead = this.#chunk(file, content, position);
    while (position < file.size && !this.#ended) {
      const data = await ahead;
      if (data.length === 0) break;
      position += data.length;
      // Read on while this chunk is on its way.
      ahead = this.#chunk(file, content, position);
      ahead.catch(() => {});
      const header = Buffer.allocUnsafe(dataHeaderLength(id, data.length));
      writeDataHeader(header, 0, id, data.length);
      const more = this.#stream.send(header.subarray(PREFIX_LENGTH), data);
      if (!more) await this.#stream.drained();
    }
    await ahead;
    return position;
  }

  async #chunk(file: ListedFile, content: LargeFile, position: number): Promise<Buffer> {
    const length = Math.min(CHUNK, file.size - position);
    if (length === 0) return Buffer.alloc(0);
    const target = Buffer.allocUnsafeSlow(length);
    try {
      const { bytesRead } = await content.read(target, 0, length, position);
      return target.subarray(0, bytesRead);
    } catch (error) {
      this.#unreadable(file, error);
      return Buffer.alloc(0);
    }
  }

  async #flush(): Promise<void> {
    if (this.#used > 0) {
      const more = this.#stream.sendFramed(this.#slab.subarray(0, this.#used));
      this.#slab = Buffer.allocUnsafeSlow(SLAB);
      this.#used = 0;
      if (!more) await this.#stream.drained();
    }
    await setImmediate();
  }

  #shorter(file: ListedFile, length: number): void {
    this.#warn?.(
      `${textOf(file.path)} changed during the transfer: ${length} of ${file.size} bytes were sent`,
    );
  }

  /**
   * What cannot be opened any more was changed after the listing: the daemon gets an empty file, as it would
   * from other clients, and the build decides whether that matters. A disk that fails is another thing.
   * @throws TsbxError `UNREADABLE_PATH`
   */
  #unreadable(file: ListedFile, error: unknown): undefined {
    const { code, message, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== "open" && code !== "EISDIR") {
      throw new TsbxError("UNREADABLE_PATH", `cannot read ${textOf(file.path)}: ${message}`, {
        cause: error,
      });
    }
    this.#warn?.(`${textOf(file.path)} could not be read: ${message}`);
  }
}
