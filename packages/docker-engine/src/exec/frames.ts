/** A frame: one byte of stream, three of nothing, four of length, big-endian; then that many bytes. */
const HEADER = 8;

/** The stream numbers of frames: 1 is stdout, 2 is stderr. */
export type FrameStream = number;

/**
 * Takes the streams apart that the daemon multiplexes over one connection. Payloads are handed on as they come,
 * as views of the given chunks: nothing is copied and no frame is waited for.
 */
export class FrameReader {
  readonly #onPayload: (stream: FrameStream, payload: Buffer) => void;
  readonly #header = Buffer.alloc(HEADER);
  #headerLength = 0;
  #stream = 0;
  /** Bytes of the current frame that are still to come. */
  #left = 0;

  constructor(onPayload: (stream: FrameStream, payload: Buffer) => void) {
    this.#onPayload = onPayload;
  }

  /** Whether the last chunk ended inside a frame. */
  get partial(): boolean {
    return this.#left > 0 || this.#headerLength > 0;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left === 0) {
        at += this.#readHeader(chunk, at);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#left);
      this.#left -= end - at;
      this.#onPayload(this.#stream, chunk.subarray(at, end));
      at = end;
    }
  }

  /** Reads what there is of a header; returns how much that is. */
  #readHeader(chunk: Buffer, at: number): number {
    if (this.#headerLength === 0 && chunk.length - at >= HEADER) {
      this.#begin(chunk, at);
      return HEADER;
    }
    const length = Math.min(chunk.length - at, HEADER - this.#headerLength);
    chunk.copy(this.#header, this.#headerLength, at, at + length);
    this.#headerLength += length;
    if (this.#headerLength === HEADER) {
      this.#headerLength = 0;
      this.#begin(this.#header, 0);
    }
    return length;
  }

  #begin(header: Buffer, at: number): void {
    this.#stream = header[at]!;
    this.#left = header.readUInt32BE(at + 4);
  }
}
