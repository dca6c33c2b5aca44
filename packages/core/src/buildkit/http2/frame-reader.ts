import { ErrorCode, Flag, FRAME_HEADER, FrameType, NO_BYTES, ProtocolError } from "./frame.ts";

/** Takes what is read, as it is read. */
export interface FrameSink {
  /** A piece of a stream's data; `ends` with the last one before the other side's end of the stream. */
  data(id: number, piece: Buffer, ends: boolean): void;
  /** Any other frame, whole. */
  frame(type: number, flags: number, id: number, payload: Buffer): void;
  /** Data that is nobody's, but counts for flow control: padding. */
  padding(id: number, length: number): void;
}

/** Cuts a byte stream into frames. Data is handed on in the pieces in which it came: nothing of it is copied. */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxLength: number;
  /** What is to come before the first frame, without a copy of what has. */
  #preface: Buffer;
  readonly #header = Buffer.alloc(FRAME_HEADER);
  #headerLength = 0;
  #type = 0;
  #flags = 0;
  #id = 0;
  /** How much of the frame's payload is still to come. */
  #left = 0;
  /** The payload of a frame that must be whole, as far as it has come. */
  #parts: Buffer[] = [];

  /**
   * @param preface what the other side has to begin with
   * @param maxLength the longest payload that it was allowed
   */
  constructor(sink: FrameSink, preface: Buffer, maxLength: number) {
    this.#sink = sink;
    this.#preface = preface;
    this.#maxLength = maxLength;
  }

  /** @throws ProtocolError */
  push(chunk: Buffer): void {
    let at = this.#preface.length > 0 ? this.#readPreface(chunk) : 0;
    while (at < chunk.length)
      at = this.#left > 0 ? this.#readPayload(chunk, at) : this.#readHeader(chunk, at);
  }

  #readPreface(chunk: Buffer): number {
    const length = Math.min(chunk.length, this.#preface.length);
    if (chunk.compare(this.#preface, 0, length, 0, length) !== 0) {
      throw new ProtocolError("the other side did not begin with the client's preface");
    }
    this.#preface = this.#preface.subarray(length);
    return length;
  }

  #readHeader(chunk: Buffer, start: number): number {
    const whole = this.#headerLength === 0 && chunk.length - start >= FRAME_HEADER;
    let [header, at, end] = [chunk, start, start + FRAME_HEADER];
    if (!whole) {
      end = start + chunk.copy(this.#header, this.#headerLength, start);
      this.#headerLength += end - start;
      if (this.#headerLength < FRAME_HEADER) return end;
      this.#headerLength = 0;
      [header, at] = [this.#header, 0];
    }
    this.#left = (header[at]! << 16) | (header[at + 1]! << 8) | header[at + 2]!;
    this.#type = header[at + 3]!;
    this.#flags = header[at + 4]!;
    this.#id = header.readUInt32BE(at + 5) & 0x7fffffff;
    if (this.#left > this.#maxLength) {
      throw new ProtocolError(`a frame of ${this.#left} bytes`, ErrorCode.FRAME_SIZE_ERROR);
    }
    if (this.#left === 0) this.#finish(NO_BYTES);
    return end;
  }

  #readPayload(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    const piece = at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end);
    this.#left -= piece.length;
    if (this.#type === FrameType.DATA && !(this.#flags & Flag.PADDED)) {
      this.#sink.data(this.#id, piece, this.#left === 0 && (this.#flags & Flag.END_STREAM) !== 0);
      return end;
    }
    if (this.#left > 0) this.#parts.push(piece);
    else if (this.#parts.length === 0) this.#finish(piece);
    else {
      const payload = Buffer.concat([...this.#parts, piece]);
      this.#parts = [];
      this.#finish(payload);
    }
    return end;
  }

  #finish(payload: Buffer): void {
    if (this.#type !== FrameType.DATA) this.#sink.frame(this.#type, this.#flags, this.#id, payload);
    else {
      const data = this.#flags & Flag.PADDED ? withoutPadding(payload) : payload;
      this.#sink.padding(this.#id, payload.length - data.length);
      this.#sink.data(this.#id, data, (this.#flags & Flag.END_STREAM) !== 0);
    }
  }
}

/** @throws ProtocolError for more padding than there is payload */
export function withoutPadding(payload: Buffer): Buffer {
  const length = payload[0];
  if (length === undefined || length >= payload.length) throw new ProtocolError("more padding than payload");
  return payload.subarray(1, payload.length - length);
}
