import type { ChildProcessByStdio } from "node:child_process";
import type { Socket } from "node:net";
import { Duplex, type Readable, type Writable } from "node:stream";

/** How much of what the process wrote to stderr is kept for its error. */
const STDERR_BYTES = 4096;

/**
 * A process's stdin and stdout as one stream. The process ends with the stream; when it fails, the stream is
 * destroyed with the error that `failure` makes of its last words.
 */
export class ProcessStream extends Duplex {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #stderr = Buffer.alloc(0);

  constructor(
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    failure: (stderr: string, status: number | string) => Error,
  ) {
    super();
    this.#child = child;
    // A connection that dies before its new owner listens must not become an uncaught exception.
    this.on("error", () => {});
    child.stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      this.#stderr = Buffer.concat([this.#stderr, chunk]).subarray(-STDERR_BYTES);
    });
    // Broken pipes: the process's end tells more.
    child.stdin.on("error", () => {});
    child.stdout.on("error", () => {});
    child.stderr.on("error", () => {});
    child.on("close", (code, signal) => {
      if (code === 0) this.push(null);
      else this.destroy(failure(this.#stderr.toString(), code ?? signal ?? "unknown"));
    });
  }

  /** Lets this process exit while the stream is idle. */
  unref(): void {
    this.#child.unref();
    for (const pipe of this.#pipes()) pipe.unref();
  }

  ref(): void {
    this.#child.ref();
    for (const pipe of this.#pipes()) pipe.ref();
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, (error) => {
      // The process's end, which comes at once, says why.
      if (error) return;
      done();
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    this.#child.kill();
    done(error);
  }

  #pipes(): Socket[] {
    const { stdin, stdout, stderr } = this.#child;
    return [stdin, stdout, stderr] as unknown as Socket[];
  }
}
