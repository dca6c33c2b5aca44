import { Code, GrpcError } from "../transport/status.ts";

const EMPTY = Buffer.alloc(0);
/** How many bits of a number are kept in one part, as whole bytes of a varint. */
const PART_BITS = 28;
const PART_BYTES = PART_BITS / 7;
const LONGEST_VARINT = 10;

/**
 * Reads the fields of a protobuf message one by one, without an object for each: there are several for every file of
 * a tree.
 */
export class FieldReader {
  /** The number of the field. */
  name = 0;
  /** What is in a field with a length, as a view; empty for a number. */
  bytes: Buffer = EMPTY;
  readonly #message: Buffer;
  #at = 0;
  /** The last varint, the lowest bits first: all of its bits do not fit into one number. */
  readonly #parts = [0, 0, 0];

  constructor(message: Buffer) {
    this.#message = message;
  }

  /**
   * Goes on to the next field; false at the end.
   * @throws GrpcError for bytes that are no message
   */
  next(): boolean {
    if (this.#at >= this.#message.length) return false;
    this.#readVarint();
    const tag = this.number;
    this.name = Math.floor(tag / 8);
    this.bytes = EMPTY;
    const wire = tag % 8;
    if (wire === 0) this.#readVarint();
    else if (wire === 1) this.#at += 8;
    else if (wire === 5) this.#at += 4;
    else if (wire === 2) this.#readBytes();
    else throw malformed();
    if (this.#at > this.#message.length) throw malformed();
    return true;
  }

  /** The value of a number field, exact up to 53 bits. */
  get number(): number {
    const [low, middle, high] = this.#parts as [number, number, number];
    return low + middle * 2 ** PART_BITS + high * 2 ** (2 * PART_BITS);
  }

  /** The value of a number field, as 64 bits without a sign. */
  get bigint(): bigint {
    const [low, middle, high] = this.#parts as [number, number, number];
    return BigInt(low) | (BigInt(middle) << BigInt(PART_BITS)) | (BigInt(high) << BigInt(2 * PART_BITS));
  }

  #readBytes(): void {
    this.#readVarint();
    const end = this.#at + this.number;
    this.bytes = this.#message.subarray(this.#at, end);
    this.#at = end;
  }

  #readVarint(): void {
    this.#parts.fill(0);
    for (let index = 0; index < LONGEST_VARINT; index++) {
      const byte = this.#message[this.#at++];
      if (byte === undefined) throw malformed();
      const part = Math.floor(index / PART_BYTES);
      this.#parts[part]! |= (byte & 0x7f) << (7 * (index % PART_BYTES));
      if (byte < 0x80) return;
    }
    throw malformed();
  }
}

function malformed(): GrpcError {
  return new GrpcError(Code.INVALID_ARGUMENT, "malformed packet");
}
