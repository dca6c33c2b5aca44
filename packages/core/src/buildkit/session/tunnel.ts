import { Duplex } from "node:stream";
import type { ClientCall } from "../transport/client-call.ts";
import { bytesMessageHeader, bytesReader } from "./bytes-message.ts";

/** Most bytes in one message. The oldest daemons accept 4 MiB. */
const MAX_DATA = 1024 * 1024;

/**
 * The byte stream inside a `Control.Session` call: each direction is a run of `BytesMessage`s whose
 * boundaries carry no meaning.
 */
export class SessionTunnel extends Duplex {
  readonly #call: ClientCall;
  readonly #data: AsyncIterator<readonly Buffer[]>;
  #reading = false;

  constructor(call: ClientCall) {
    super({ readableHighWaterMark: MAX_DATA, writableHighWaterMark: MAX_DATA, allowHalfOpen: false });
    this.#call = call;
    this.#data = call.batches(bytesReader())[Symbol.asyncIterator]();
  }

  override _read(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#pull().then(
      () => {
        this.#reading = false;
      },
      (error: Error) => this.destroy(error),
    );
  }

  async #pull(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#data.next();
      if (done) {
        this.push(null);
        return;
      }
      let more = true;
      for (const piece of value) if (piece.length > 0) more = this.push(piece);
      if (!more) return;
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send([chunk], done);
  }

  override _writev(chunks: Array<{ chunk: Buffer }>, done: (error?: Error | null) => void): void {
    const parts = chunks.map(({ chunk }) => chunk);
    this.#send(parts, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#call.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#call.cancel();
    done(error);
  }

  /** Sends the parts in as few messages as the limit allows; joining them saves the peer a read each. */
  #send(parts: Buffer[], done: (error?: Error | null) => void): void {
    let more = true;
    let batch: Buffer[] = [];
    let length = 0;
    const flush = () => {
      // An empty message breaks daemons since 0.17, which then read stale bytes.
      if (length > 0) more = this.#call.send(bytesMessageHeader(length), ...batch);
      batch = [];
      length = 0;
    };
    for (const part of parts) {
      for (let at = 0; at < part.length; at += MAX_DATA) {
        const piece = part.subarray(at, at + MAX_DATA);
        if (length + piece.length > MAX_DATA) flush();
        batch.push(piece);
        length += piece.length;
      }
    }
    flush();
    if (more) done();
    else this.#call.drained().then(() => done(), done);
  }
}
