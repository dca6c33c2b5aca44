import { MessageReader, messagePrefix, type StreamReader } from "./framing.ts";
import { Metadata } from "./metadata.ts";
import type { MessageStream, ServerCall } from "./stream.ts";

/** How many messages wait unread before `send` asks its caller to pause. */
const HIGH_WATER = 64;

/** One direction: a queue with a reader, which tells its writer when it is drained. */
class Pipe {
  readonly #queue: Buffer[] = [];
  #ended = false;
  #wake: (() => void) | undefined;
  #drained: Array<() => void> = [];

  push(message: Buffer): boolean {
    this.#queue.push(message);
    this.#wake?.();
    return this.#queue.length < HIGH_WATER;
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  drained(): Promise<void> {
    if (this.#queue.length < HIGH_WATER) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  async *read(signal: AbortSignal): AsyncIterable<Buffer> {
    for (;;) {
      while (this.#queue.length > 0) {
        yield this.#queue.shift()!;
        if (this.#queue.length < HIGH_WATER) for (const resolve of this.#drained.splice(0)) resolve();
      }
      if (this.#ended) return;
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal.removeEventListener("abort", wake);
          resolve();
        };
        this.#wake = wake;
        signal.addEventListener("abort", wake);
      });
    }
  }
}

class MemoryStream implements ServerCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly signal: AbortSignal;
  readonly #in: Pipe;
  readonly #out: Pipe;

  constructor(path: string, metadata: Metadata, signal: AbortSignal, incoming: Pipe, outgoing: Pipe) {
    this.path = path;
    this.metadata = metadata;
    this.signal = signal;
    this.#in = incoming;
    this.#out = outgoing;
  }

  messages(): AsyncIterable<Buffer> {
    return this.#in.read(this.signal);
  }

  async *batches<T>(reader: StreamReader<T>): AsyncIterable<readonly T[]> {
    for await (const message of this.messages()) {
      const items: T[] = [];
      reader.push(Buffer.concat([messagePrefix(message.length), message]), items);
      yield items;
    }
  }

  send(...parts: readonly Uint8Array[]): boolean {
    return this.#out.push(Buffer.concat(parts));
  }

  sendFramed(bytes: Uint8Array): boolean {
    let more = true;
    const messages: Buffer[] = [];
    new MessageReader().push(Buffer.from(bytes), messages);
    for (const message of messages) more = this.#out.push(message);
    return more;
  }

  drained(): Promise<void> {
    return this.#out.drained();
  }

  end(): void {
    this.#out.end();
  }
}

/** Two ends of one call without a network, for tests of services. */
export function memoryStreamPair(
  metadata: Metadata = new Metadata(),
  path = "/test.Service/Method",
  signal: AbortSignal = new AbortController().signal,
): { client: MemoryStream; server: MemoryStream } {
  const up = new Pipe();
  const down = new Pipe();
  return {
    client: new MemoryStream(path, metadata, signal, down, up),
    server: new MemoryStream(path, metadata, signal, up, down),
  };
}

export type { MemoryStream, MessageStream };
