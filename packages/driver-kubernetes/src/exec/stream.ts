import { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import { closeFrame, STATUS, STDERR, STDIN, STDOUT, stdinFrames, stdinLength } from "./frames.ts";
import { type ProcessEnd, processEnd } from "./process-end.ts";
import { CLOSES_STDIN } from "./protocols.ts";

/** How much is kept of what the process writes to stderr, and of its status. */
const LAST_BYTES = 4096;
const STATUS_BYTES = 64 * 1024;

/** What the end of a process means for its stream: an error to destroy it with, or nothing. */
export type Outcome = (end: ProcessEnd) => Promise<Error | undefined>;

/**
 * A process's stdin and stdout over the WebSocket of a pod's exec. It ends when the process does well after it
 * was told that there is no more input; otherwise as `outcome` says. Emits `stderr` when the process writes to that.
 */
export class ExecStream extends Duplex {
  readonly #socket: WebSocket;
  readonly #outcome: Outcome;
  #stderr: Buffer = Buffer.alloc(0);
  #status: Buffer = Buffer.alloc(0);
  /** What is under way when the connection ends. */
  #underWay: (() => void) | undefined;
  #heard = performance.now();
  /** What is being written. One write is done before the next, so there is one place for all. */
  #frames: Buffer = Buffer.alloc(0);

  /** @param socket one that is not open yet, so that nothing it receives is missed */
  constructor(socket: WebSocket, outcome: Outcome) {
    super();
    this.#socket = socket;
    this.#outcome = outcome;
    // A connection that dies before its new owner listens must not become an uncaught exception.
    this.on("error", () => {});
    socket.on("message", (data) => this.#take(data));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.#finish());
  }

  /** For how long nothing has come of the process, in milliseconds. */
  get silence(): number {
    return performance.now() - this.#heard;
  }

  /** Ends it though nobody said that the process has ended; `outcome` is asked as if its connection was lost. */
  abandon(): void {
    this.#socket.terminate();
  }

  #take(data: RawData): void {
    this.#heard = performance.now();
    const bytes = data as Buffer;
    const payload = bytes.subarray(1);
    if (payload.length === 0) return;
    switch (bytes[0]) {
      case STDOUT:
        if (!this.push(payload)) this.#socket.pause();
        break;
      case STDERR:
        this.#stderr = Buffer.concat([this.#stderr, payload]).subarray(-LAST_BYTES);
        this.emit("stderr");
        break;
      case STATUS:
        this.#status = Buffer.concat([this.#status, payload]).subarray(0, STATUS_BYTES);
        // The process has ended, and all its output came before.
        this.#socket.close();
        break;
    }
  }

  #finish(): void {
    // Nobody reads what is still written, so nobody is to wait for it.
    this.#underWay?.();
    if (this.destroyed) return;
    const end = processEnd(this.#status.toString(), this.#stderr.toString());
    if (end.success && this.writableFinished) this.push(null);
    else this.#outcome(end).then((error) => (error ? this.destroy(error) : this.push(null)));
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#sendStdin([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#sendStdin(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  #sendStdin(chunks: readonly Buffer[], done: () => void): void {
    const length = stdinLength(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    if (length > this.#frames.length) this.#frames = Buffer.allocUnsafeSlow(length);
    this.#send(stdinFrames(chunks, this.#frames), done);
  }

  override _final(done: () => void): void {
    // Before version 5, stdin closes with the connection alone.
    this.#send(this.#socket.protocol === CLOSES_STDIN ? [closeFrame(STDIN)] : [], done);
  }

  /** Is done when the system has taken everything: until then nothing more is written. */
  #send(frames: readonly Uint8Array[], done: () => void): void {
    const last = frames.at(-1);
    if (last === undefined || this.#socket.readyState !== this.#socket.OPEN) {
      done();
      return;
    }
    const once = () => {
      if (this.#underWay !== once) return;
      this.#underWay = undefined;
      done();
    };
    this.#underWay = once;
    for (const frame of frames.slice(0, -1)) this.#socket.send(frame);
    this.#socket.send(last, (error) => {
      // Why it failed is what the connection ends with.
      if (!error) once();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.terminate();
    done(error);
  }
}
