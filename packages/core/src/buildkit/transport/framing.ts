import { Code, GrpcError } from "./status.ts";

/** Length of the prefix of each gRPC message: one flag byte and the length, big-endian. */
export const PREFIX_LENGTH = 5;

/** BuildKit's limit for received messages since 0.14 (16 MiB); our own is a little above. */
export const MAX_MESSAGE_LENGTH = 32 * 1024 * 1024;

export function messagePrefix(length: number): Buffer {
  const prefix = Buffer.allocUnsafe(PREFIX_LENGTH);
  prefix[0] = 0;
  prefix.writeUInt32BE(length, 1);
  return prefix;
}

/** Makes of a byte stream what is in its messages. */
export interface StreamReader<T> {
  /** Adds to `items` what `chunk` completes. */
  push(chunk: Buffer, items: T[]): void;
  /** Whether the stream stopped inside a message. */
  readonly incomplete: boolean;
}

/** Cuts a byte stream into gRPC messages, whatever the chunks' boundaries. */
export class MessageReader implements StreamReader<Buffer> {
  #chunks: Buffer[] = [];
  #buffered = 0;

  /** Adds the whole messages that `chunk` completes. A message inside one chunk is a view of it, not a copy. */
  push(chunk: Buffer, messages: Buffer[]): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    while (this.#buffered >= PREFIX_LENGTH) {
      this.#gather(PREFIX_LENGTH);
      const head = this.#chunks[0]!;
      if (head[0] !== 0)
        throw new GrpcError(Code.UNIMPLEMENTED, "compressed gRPC messages are not supported");
      const length = head.readUInt32BE(1);
      if (length > MAX_MESSAGE_LENGTH) {
        throw new GrpcError(Code.RESOURCE_EXHAUSTED, `gRPC message of ${length} bytes is too large`);
      }
      if (this.#buffered < PREFIX_LENGTH + length) return;
      this.#gather(PREFIX_LENGTH + length);
      messages.push(this.#take(PREFIX_LENGTH + length).subarray(PREFIX_LENGTH));
    }
  }

  get incomplete(): boolean {
    return this.#buffered > 0;
  }

  /** What the last chunk has of a message that is not complete, without the prefix, and that message's length. */
  get begun(): { start: Buffer; length: number } | undefined {
    const [head, ...more] = this.#chunks;
    if (head === undefined || more.length > 0 || head.length < PREFIX_LENGTH) return undefined;
    return { start: head.subarray(PREFIX_LENGTH), length: head.readUInt32BE(1) };
  }

  /** Forgets the message that is not complete: somebody else takes the rest of it. */
  leave(): void {
    this.#chunks = [];
    this.#buffered = 0;
  }

  /** Makes the first chunk hold at least `length` bytes. */
  #gather(length: number): void {
    if (this.#chunks[0]!.length >= length) return;
    this.#chunks = [Buffer.concat(this.#chunks, this.#buffered)];
  }

  #take(length: number): Buffer {
    const head = this.#chunks[0]!;
    this.#buffered -= length;
    if (head.length === length) this.#chunks.shift();
    else this.#chunks[0] = head.subarray(length);
    return head.subarray(0, length);
  }
}
