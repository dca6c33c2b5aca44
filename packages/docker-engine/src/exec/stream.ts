import { Duplex } from "node:stream";
import { FrameReader } from "./frames.ts";

const LAST_BYTES = 4096;
const STDOUT = 1;
const STDERR = 2;

/** The last 4 KiB of what a process wrote to stderr, and what there is of them in its last piece of stdout. */
export interface LastWords {
  stderr: string;
  stdout: string;
}

/**
 * A process's stdin and stdout over a connection of multiplexed frames. Ends without an error when the process
 * ends well; otherwise it is destroyed with what `outcome` throws.
 */
export class ExecStream extends Duplex {
  readonly #raw: Duplex;
  #stderr: Buffer = Buffer.alloc(0);
  #lastOutput: Buffer = Buffer.alloc(0);
  readonly #outcome: () => Promise<void>;

  /**
   * @param raw the connection that the daemon gave up
   * @param outcome asked when the daemon has closed it: throws when the process failed
   */
  constructor(raw: Duplex, outcome: (lastWords: LastWords) => Promise<void>) {
    super();
    this.#raw = raw;
    this.#outcome = () => outcome({ stderr: this.#stderr.toString(), stdout: this.#lastOutput.toString() });
    const frames = new FrameReader((stream, payload) => this.#take(stream, payload));
    // A connection that dies before its new owner listens must not become an uncaught exception.
    this.on("error", () => {});
    raw.on("data", (chunk: Buffer) => frames.push(chunk));
    raw.on("end", () => this.#finish(frames.partial));
    raw.on("error", (error) => this.destroy(error));
    raw.on("close", () => {
      if (!raw.readableEnded) this.destroy(new Error("the connection was closed"));
    });
  }

  #take(stream: number, payload: Buffer): void {
    if (stream === STDOUT) {
      this.#lastOutput = payload.subarray(-LAST_BYTES);
      if (!this.push(payload)) this.#raw.pause();
    } else if (stream === STDERR) {
      this.#stderr = Buffer.concat([this.#stderr, payload]).subarray(-LAST_BYTES);
    }
  }

  #finish(partial: boolean): void {
    if (partial) {
      this.destroy(new Error("the connection ended inside a frame"));
      return;
    }
    this.#outcome().then(
      () => this.push(null),
      (error: Error) => this.destroy(error),
    );
  }

  override _read(): void {
    this.#raw.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pass(this.#raw.write(chunk), done);
  }

  override _writev(chunks: Array<{ chunk: Buffer }>, done: () => void): void {
    this.#raw.cork();
    let more = true;
    for (const { chunk } of chunks) more = this.#raw.write(chunk);
    this.#raw.uncork();
    this.#pass(more, done);
  }

  override _final(done: () => void): void {
    this.#raw.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#raw.destroy();
    done(error);
  }

  #pass(more: boolean, done: () => void): void {
    if (more) done();
    // When the connection closes instead, this stream is destroyed and nobody waits.
    else this.#raw.once("drain", done);
  }
}
