/** Reads the data types of the SSH protocol (RFC 4251, section 5). */
export class WireReader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  uint32(): number {
    const value = this.#data.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  bytes(): Buffer {
    const length = this.uint32();
    if (this.#at + length > this.#data.length) throw new RangeError("truncated SSH data");
    this.#at += length;
    return this.#data.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return this.bytes().toString("utf8");
  }

  /** A positive number, without the zero byte that keeps it from being read as negative. */
  mpint(): Buffer {
    const bytes = this.bytes();
    return bytes[0] === 0 ? bytes.subarray(1) : bytes;
  }
}

export function wireUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function wireString(value: string | Buffer): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return Buffer.concat([wireUint32(bytes.length), bytes]);
}

/** A positive number, given big-endian. */
export function wireMpint(value: Buffer): Buffer {
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start++;
  const bytes = value.subarray(start);
  return wireString((bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}
