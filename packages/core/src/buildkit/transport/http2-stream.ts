import type { Http2Stream } from "node:http2";
import { MessageReader, messagePrefix, type StreamReader } from "./framing.ts";
import { received } from "./received.ts";
import { Code, GrpcError } from "./status.ts";
import type { MessageStream } from "./stream.ts";

/** Bytes that may wait in a stream before `send` asks its caller to pause. Node's own mark is 16 KiB. */
const HIGH_WATER = 1024 * 1024;

/** The framing and flow control that both sides of a call share, over one HTTP/2 stream. */
export abstract class Http2MessageStream implements MessageStream {
  abstract readonly signal: AbortSignal;
  protected readonly stream: Http2Stream;
  #waiting: Array<{ resolve: () => void; reject: (error: Error) => void }> = [];
  #error: Error | undefined;

  constructor(stream: Http2Stream) {
    this.stream = stream;
    stream.on("error", (error) => {
      this.#error = error;
    });
    stream.once("close", () => {
      for (const { reject } of this.#waiting.splice(0)) reject(this.failure());
    });
  }

  messages(): AsyncGenerator<Buffer, void, void>;
  messages<T>(reader: StreamReader<T>): AsyncGenerator<T, void, void>;
  async *messages(reader: StreamReader<unknown> = new MessageReader()): AsyncGenerator<unknown, void, void> {
    try {
      for await (const chunks of received(this.stream)) {
        for (const chunk of chunks) yield* reader.push(chunk);
      }
    } catch (error) {
      throw error instanceof GrpcError ? error : this.failure();
    }
    await this.finished();
    if (reader.incomplete) throw new GrpcError(Code.INTERNAL, "the stream ended inside a message");
  }

  send(...parts: readonly Uint8Array[]): boolean {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    this.stream.cork();
    this.#write(messagePrefix(length));
    for (const part of parts) if (part.length > 0) this.#write(part);
    this.stream.uncork();
    return this.stream.writableLength < HIGH_WATER;
  }

  sendFramed(bytes: Uint8Array): boolean {
    this.#write(bytes);
    return this.stream.writableLength < HIGH_WATER;
  }

  drained(): Promise<void> {
    if (this.stream.destroyed) return Promise.reject(this.failure());
    if (this.stream.writableLength < HIGH_WATER) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Waits for what follows the peer's last message; rejects when that is a failure. */
  protected abstract finished(): Promise<void>;

  /** Why the stream broke. */
  protected failure(): Error {
    return new GrpcError(Code.UNAVAILABLE, "the stream was closed", { cause: this.#error });
  }

  protected get cause(): Error | undefined {
    return this.#error;
  }

  #write(bytes: Uint8Array): void {
    if (this.stream.destroyed || this.stream.writableEnded) return;
    this.stream.write(bytes, () => {
      if (this.#waiting.length === 0 || this.stream.writableLength >= HIGH_WATER) return;
      for (const { resolve } of this.#waiting.splice(0)) resolve();
    });
  }
}
