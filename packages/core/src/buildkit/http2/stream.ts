import { ErrorCode, Flag, FrameType, frameHeader } from "./frame.ts";
import { headerFrames } from "./header-blocks.ts";
import type { Field } from "./hpack.ts";
import { ReceiveWindow } from "./receive-window.ts";

/**
 * What the other side may send on a stream before we read. Large enough for a fast local daemon and for a remote one
 * with some latency; it bounds what a slow reader can make us hold.
 */
export const STREAM_WINDOW = 4 * 1024 * 1024;

/** What a stream asks of its connection. */
export interface StreamOwner {
  /** The stream has something to send, or may send again. */
  wake(stream: Http2Stream): void;
  /** What was received was taken: the other side may send as much again. */
  credit(stream: Http2Stream, length: number): void;
  /** Gives the stream up. */
  reset(stream: Http2Stream, code: number): void;
}

/** How a stream ends on our side: with the last data, or with headers after it. */
type Ending = "data" | readonly Field[];

/** One HTTP/2 stream. What goes over it is bytes, in pieces whose boundaries mean nothing. */
export class Http2Stream {
  /** 0 until its connection has opened it. */
  id = 0;
  /** How much the other side takes; kept by the connection. */
  sendWindow = 0;
  readonly receiveWindow = new ReceiveWindow(STREAM_WINDOW);
  /** The code with which the stream was given up, by either side. */
  resetCode: number | undefined;
  /** Why the stream closed before its end. */
  error: Error | undefined;
  /** Called with each header block: the first, and the trailers. */
  onHeaders: ((fields: readonly Field[]) => void) | undefined;
  /** Called once, when nothing more goes over the stream. What was received can still be read. */
  onClose: (() => void) | undefined;
  /** Called when some of what waited was sent. */
  onSent: (() => void) | undefined;

  readonly #owner: StreamOwner;
  #chunks: Buffer[] = [];
  #unread = 0;
  #remoteEnded = false;
  #wakeReader = () => {};
  #queue: Uint8Array[] = [];
  #queued = 0;
  #ending: Ending | undefined;
  #localEnded = false;
  #closed = false;

  constructor(owner: StreamOwner) {
    this.#owner = owner;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether the other side has said all that it had to say. */
  get remoteEnded(): boolean {
    return this.#remoteEnded;
  }

  get localEnded(): boolean {
    return this.#localEnded;
  }

  /** How many bytes wait to be sent. */
  get queued(): number {
    return this.#queued;
  }

  /** How many bytes were received and not read. */
  get unread(): number {
    return this.#unread;
  }

  /** Sends bytes, which must not be changed afterwards. */
  write(...parts: readonly Uint8Array[]): void {
    if (this.#closed || this.#ending) return;
    for (const part of parts) {
      if (part.length === 0) continue;
      this.#queue.push(part);
      this.#queued += part.length;
    }
    this.#owner.wake(this);
  }

  /** Ends our side, behind what was written. */
  end(trailers?: readonly Field[]): void {
    if (this.#closed || this.#ending) return;
    this.#ending = trailers ?? "data";
    this.#owner.wake(this);
  }

  /** Gives the stream up, in both directions. */
  reset(code: number = ErrorCode.CANCEL): void {
    if (!this.#closed) this.#owner.reset(this, code);
  }

  /**
   * What is received, all that there is at a time. Leaving the loop early only stops the reading.
   * @throws Error when the stream was closed before its end
   */
  async *received(): AsyncGenerator<Buffer[], void, void> {
    for (;;) {
      if (this.#chunks.length > 0) {
        const [chunks, length] = [this.#chunks, this.#unread];
        this.#chunks = [];
        this.#unread = 0;
        if (!this.#closed) this.#owner.credit(this, length);
        yield chunks;
      } else if (this.#remoteEnded) return;
      else if (this.#closed) throw this.error ?? new Error("the stream was closed");
      else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    }
  }

  /** The connection has received a piece of data. */
  receive(piece: Buffer): void {
    this.#chunks.push(piece);
    this.#unread += piece.length;
    this.#wakeReader();
  }

  /** The connection has received the end of the other side. */
  receiveEnd(): void {
    this.#remoteEnded = true;
    this.#wakeReader();
  }

  /** The connection has no more to do with the stream. */
  close(error?: Error): void {
    this.#closed = true;
    this.error ??= error;
    this.#queue = [];
    this.#queued = 0;
    this.#wakeReader();
    this.onClose?.();
  }

  /** Whether there is something to send that `window` bytes of the connection are enough for. */
  canSend(window: number): boolean {
    if (this.#queued > 0) return Math.min(window, this.sendWindow) > 0;
    return this.#ending !== undefined && !this.#localEnded;
  }

  /**
   * Moves up to `limit` bytes of data into frames.
   * @returns how many
   */
  takeFrames(frames: Uint8Array[], limit: number, maxFrame: number): number {
    let left = Math.min(limit, this.sendWindow);
    let taken = 0;
    while (this.#queued > 0 && left > 0) {
      const length = Math.min(left, maxFrame, this.#queued);
      const last = length === this.#queued && this.#ending === "data";
      frames.push(frameHeader(FrameType.DATA, last ? Flag.END_STREAM : 0, this.id, length));
      this.#takeBytes(frames, length);
      this.#localEnded = last;
      left -= length;
      taken += length;
    }
    this.sendWindow -= taken;
    if (this.#queued === 0 && this.#ending && !this.#localEnded) {
      this.#localEnded = true;
      if (this.#ending === "data") {
        frames.push(frameHeader(FrameType.DATA, Flag.END_STREAM, this.id, 0));
      } else frames.push(headerFrames(this.id, this.#ending, true, maxFrame));
    }
    if (taken > 0) this.onSent?.();
    return taken;
  }

  #takeBytes(frames: Uint8Array[], length: number): void {
    let left = length;
    let done = 0;
    while (left > 0) {
      const part = this.#queue[done]!;
      if (part.length > left) {
        frames.push(part.subarray(0, left));
        this.#queue[done] = part.subarray(left);
        left = 0;
      } else {
        frames.push(part);
        left -= part.length;
        done++;
      }
    }
    if (done > 0) this.#queue.splice(0, done);
    this.#queued -= length;
  }
}
