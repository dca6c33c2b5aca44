import { MessageReader, type StreamReader } from "./framing.ts";

/** A kind of message whose data may come in pieces. */
export interface PieceCodec<T> {
  whole(message: Buffer): T;
  /**
   * Where the data begins in a message of `length` bytes, when all that comes after is data, and what a piece of it
   * stands for; undefined when the message has to be complete first.
   */
  begun(start: Buffer, length: number): { at: number; piece: (data: Buffer) => T } | undefined;
}

/**
 * Hands on the data of a message while the rest is still to come, for streams in which it makes no difference how
 * data is divided. Nothing is copied: to join what came in frames of 16 KiB would cost more than all else.
 */
export class PieceReader<T> implements StreamReader<T> {
  readonly #codec: PieceCodec<T>;
  readonly #messages = new MessageReader();
  /** How much is to come of the message that is handed on in pieces. */
  #left = 0;
  #piece: ((data: Buffer) => T) | undefined;

  constructor(codec: PieceCodec<T>) {
    this.#codec = codec;
  }

  get incomplete(): boolean {
    return this.#left > 0 || this.#messages.incomplete;
  }

  push(chunk: Buffer, items: T[]): void {
    let rest = chunk;
    if (this.#left > 0) {
      const data = rest.subarray(0, this.#left);
      this.#left -= data.length;
      items.push(this.#piece!(data));
      rest = rest.subarray(data.length);
    }
    if (rest.length === 0) return;
    const messages: Buffer[] = [];
    this.#messages.push(rest, messages);
    for (const message of messages) items.push(this.#codec.whole(message));
    const { begun } = this.#messages;
    const found = begun && this.#codec.begun(begun.start, begun.length);
    if (!found) return;
    this.#messages.leave();
    this.#left = begun.length - begun.start.length;
    this.#piece = found.piece;
    if (begun.start.length > found.at) items.push(found.piece(begun.start.subarray(found.at)));
  }
}
