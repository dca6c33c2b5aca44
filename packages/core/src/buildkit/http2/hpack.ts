import { ErrorCode, ProtocolError } from "./frame.ts";
import { decodeHuffman } from "./huffman.ts";
import { STATIC_TABLE } from "./static-table.ts";

/** One header field. Names and values are binary strings: one character per byte. */
export type Field = readonly [name: string, value: string];

/** What a table may hold when nothing else was said (RFC 9113, 6.5.2), and what an entry counts on top of its text. */
const TABLE_SIZE = 4096;
const ENTRY_OVERHEAD = 32;

/** Reads header blocks (RFC 7541). The blocks of a connection have to come in their order, each of them. */
export class HeaderDecoder {
  /** The newest first. */
  readonly #table: Field[] = [];
  #size = 0;
  #maxSize = TABLE_SIZE;

  /** @throws ProtocolError */
  decode(block: Buffer): Field[] {
    const reader = new BlockReader(block);
    const fields: Field[] = [];
    while (!reader.done) {
      const first = reader.peek();
      if (first & 0x80) fields.push(this.#entry(reader.integer(7)));
      else if (first & 0x40) {
        const field = this.#literal(reader, 6);
        this.#add(field);
        fields.push(field);
      } else if (first & 0x20) {
        const size = reader.integer(5);
        if (size > TABLE_SIZE || fields.length > 0) throw malformed("a table size that was not allowed");
        this.#maxSize = size;
        this.#evict();
      } else fields.push(this.#literal(reader, 4));
    }
    return fields;
  }

  #literal(reader: BlockReader, prefix: number): Field {
    const index = reader.integer(prefix);
    const name = index === 0 ? reader.text() : this.#entry(index)[0];
    return [name, reader.text()];
  }

  #entry(index: number): Field {
    const field = STATIC_TABLE[index - 1] ?? this.#table[index - 1 - STATIC_TABLE.length];
    if (!field) throw malformed("a header that is in no table");
    return field;
  }

  #add(field: Field): void {
    this.#table.unshift(field);
    this.#size += sizeOf(field);
    this.#evict();
  }

  #evict(): void {
    while (this.#size > this.#maxSize) this.#size -= sizeOf(this.#table.pop()!);
  }
}

function sizeOf([name, value]: Field): number {
  return name.length + value.length + ENTRY_OVERHEAD;
}

class BlockReader {
  readonly #block: Buffer;
  #at = 0;

  constructor(block: Buffer) {
    this.#block = block;
  }

  get done(): boolean {
    return this.#at >= this.#block.length;
  }

  peek(): number {
    return this.#block[this.#at]!;
  }

  /** An integer whose first `prefix` bits are in a byte that has other bits, too (RFC 7541, 5.1). */
  integer(prefix: number): number {
    const mask = (1 << prefix) - 1;
    const start = this.#byte() & mask;
    if (start < mask) return start;
    let value = start;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw malformed("an integer that is too large");
  }

  text(): string {
    const isHuffman = (this.peek() & 0x80) !== 0;
    const length = this.integer(7);
    const end = this.#at + length;
    if (end > this.#block.length) throw malformed("a header that is cut off");
    const bytes = this.#block.subarray(this.#at, end);
    this.#at = end;
    return (isHuffman ? decodeHuffman(bytes) : bytes).toString("latin1");
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw malformed("a header that is cut off");
    return byte;
  }
}

function malformed(what: string): ProtocolError {
  return new ProtocolError(what, ErrorCode.COMPRESSION_ERROR);
}

/** Where a name is in the static table, for names that we send. */
let staticNames: Map<string, number> | undefined;

/**
 * A header block of literals that enter no table, so that blocks do not depend on each other. The few headers of a
 * gRPC call are not worth more.
 */
export function encodeHeaders(fields: readonly Field[]): Buffer {
  staticNames ??= new Map([...STATIC_TABLE.entries()].reverse().map(([index, [name]]) => [name, index + 1]));
  const parts: Buffer[] = [];
  for (const [name, value] of fields) {
    const index = staticNames.get(name);
    if (index === undefined) parts.push(Buffer.from([0]), encodeText(name));
    else parts.push(encodeInteger(index, 4));
    parts.push(encodeText(value));
  }
  return Buffer.concat(parts);
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([encodeInteger(bytes.length, 7), bytes]);
}

function encodeInteger(value: number, prefix: number): Buffer {
  const mask = (1 << prefix) - 1;
  if (value < mask) return Buffer.from([value]);
  const bytes = [mask];
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
