import type { Http2Stream } from "../http2/stream.ts";
import { MessageReader, messagePrefix, type StreamReader } from "./framing.ts";
import { Code, GrpcError } from "./status.ts";
import type { MessageStream } from "./stream.ts";

/** Bytes that may wait in a stream before `send` asks its caller to pause. */
const HIGH_WATER = 1024 * 1024;

/** The framing and flow control that both sides of a call share, over one HTTP/2 stream. */
export abstract class GrpcStream implements MessageStream {
  abstract readonly signal: AbortSignal;
  protected readonly stream: Http2Stream;
  #waiting: Array<{ resolve: () => void; reject: (error: Error) => void }> = [];

  constructor(stream: Http2Stream) {
    this.stream = stream;
    stream.onSent = () => {
      if (this.#waiting.length === 0 || stream.queued >= HIGH_WATER) return;
      for (const { resolve } of this.#waiting.splice(0)) resolve();
    };
    stream.onClose = () => {
      this.closed();
      for (const { reject } of this.#waiting.splice(0)) reject(this.failure());
    };
  }

  async *messages(): AsyncGenerator<Buffer, void, void> {
    for await (const batch of this.batches(new MessageReader())) yield* batch;
  }

  async *batches<T>(reader: StreamReader<T>): AsyncGenerator<readonly T[], void, void> {
    try {
      for await (const chunks of this.stream.received()) {
        const batch: T[] = [];
        for (const chunk of chunks) reader.push(chunk, batch);
        if (batch.length > 0) yield batch;
      }
    } catch (error) {
      throw error instanceof GrpcError ? error : this.failure();
    }
    await this.finished();
    if (reader.incomplete) throw new GrpcError(Code.INTERNAL, "the stream ended inside a message");
  }

  send(...parts: readonly Uint8Array[]): boolean {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    this.stream.write(messagePrefix(length), ...parts);
    return this.stream.queued < HIGH_WATER;
  }

  sendFramed(bytes: Uint8Array): boolean {
    this.stream.write(bytes);
    return this.stream.queued < HIGH_WATER;
  }

  drained(): Promise<void> {
    if (this.stream.closed) return Promise.reject(this.failure());
    if (this.stream.queued < HIGH_WATER) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Waits for what follows the peer's last message; rejects when that is a failure. */
  protected abstract finished(): Promise<void>;

  /** Nothing more goes over the stream. */
  protected abstract closed(): void;

  /** Why the stream broke. */
  protected failure(): Error {
    return new GrpcError(Code.UNAVAILABLE, "the stream was closed", { cause: this.stream.error });
  }
}
