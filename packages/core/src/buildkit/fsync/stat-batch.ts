import { PREFIX_LENGTH } from "../transport/framing.ts";
import { type StatEntry, varintLength, writeVarint } from "./packet.ts";

const BATCH = 64 * 1024;
/** Every varint of a Stat at its longest, the tags and the gRPC prefix. */
const MAX_FIXED = 128;

// Tags of Stat: path=1, mode=2, size=5, modTime=6, linkname=7, devmajor=8, devminor=9, xattrs=10.
const PATH = 0x0a;
const MODE = 0x10;
const SIZE = 0x28;
const MOD_TIME = 0x30;
const LINKNAME = 0x3a;
const DEVMAJOR = 0x40;
const DEVMINOR = 0x48;
const XATTRS = 0x52;

/** Encodes STAT packets, each with its gRPC prefix, one behind the other: hundreds of them are one write. */
export class StatBatch {
  readonly #flush: (bytes: Buffer) => void;
  #buffer = Buffer.allocUnsafeSlow(BATCH);
  #length = 0;

  constructor(flush: (bytes: Buffer) => void) {
    this.#flush = flush;
  }

  add(entry: StatEntry): void {
    const xattrs = entry.xattrs?.map(encodeXattr) ?? [];
    const variable =
      entry.path.length + entry.linkname.length + xattrs.reduce((sum, bytes) => sum + bytes.length, 0);
    if (this.#length + MAX_FIXED + variable > this.#buffer.length) {
      this.flush();
      if (MAX_FIXED + variable > this.#buffer.length)
        this.#buffer = Buffer.allocUnsafeSlow(MAX_FIXED + variable);
    }
    this.#length = writeStat(this.#buffer, this.#length, entry, xattrs);
  }

  flush(): void {
    if (this.#length === 0) return;
    this.#flush(this.#buffer.subarray(0, this.#length));
    // What was handed over may still wait to be written.
    this.#buffer = Buffer.allocUnsafeSlow(BATCH);
    this.#length = 0;
  }
}

/** Writes the packet; the lengths that stand before the content are filled in behind it. */
function writeStat(target: Buffer, start: number, entry: StatEntry, xattrs: readonly Buffer[]): number {
  const { path, mode, size, mtime, linkname, devmajor, devminor } = entry;
  const high = Number(mtime >> 32n);
  const low = Number(mtime & 0xffffffffn);
  let length = 1 + varintLength(path.length) + path.length;
  length += 1 + varintLength(mode);
  if (size > 0) length += 1 + varintLength(size);
  if (mtime !== 0n) length += 1 + varint64Length(high, low);
  if (linkname.length > 0) length += 1 + varintLength(linkname.length) + linkname.length;
  if (devmajor > 0) length += 1 + varintLength(devmajor);
  if (devminor > 0) length += 1 + varintLength(devminor);
  for (const bytes of xattrs) length += bytes.length;

  target[start] = 0;
  target.writeUInt32BE(1 + varintLength(length) + length, start + 1);
  let at = start + PREFIX_LENGTH;
  target[at++] = 0x12;
  at = writeVarint(target, at, length);
  target[at++] = PATH;
  at = writeVarint(target, at, path.length);
  at += target.write(path, at, "latin1");
  target[at++] = MODE;
  at = writeVarint(target, at, mode);
  if (size > 0) {
    target[at++] = SIZE;
    at = writeVarint(target, at, size);
  }
  if (mtime !== 0n) {
    target[at++] = MOD_TIME;
    at = writeVarint64(target, at, high, low);
  }
  if (linkname.length > 0) {
    target[at++] = LINKNAME;
    at = writeVarint(target, at, linkname.length);
    at += target.write(linkname, at, "latin1");
  }
  if (devmajor > 0) {
    target[at++] = DEVMAJOR;
    at = writeVarint(target, at, devmajor);
  }
  if (devminor > 0) {
    target[at++] = DEVMINOR;
    at = writeVarint(target, at, devminor);
  }
  for (const bytes of xattrs) at += bytes.copy(target, at);
  return at;
}

/** A map entry: `{string key = 1; bytes value = 2}`. */
function encodeXattr([key, value]: readonly [string, Uint8Array]): Buffer {
  const name = Buffer.from(key, "utf8");
  const length = 2 + varintLength(name.length) + name.length + varintLength(value.length) + value.length;
  const bytes = Buffer.alloc(1 + varintLength(length) + length);
  bytes[0] = XATTRS;
  let at = writeVarint(bytes, 1, length);
  bytes[at++] = 0x0a;
  at = writeVarint(bytes, at, name.length);
  at += name.copy(bytes, at);
  bytes[at++] = 0x12;
  at = writeVarint(bytes, at, value.length);
  bytes.set(value, at);
  return bytes;
}

/** Varints of a signed 64-bit number in two halves: times are beyond what a double holds exactly. */
function varint64Length(high: number, low: number): number {
  if (high === 0) return varintLength(low);
  // Of a negative number all 64 bits count: there are no leading zeros.
  return Math.ceil((64 - Math.clz32(high)) / 7);
}

function writeVarint64(target: Buffer, start: number, high: number, low: number): number {
  let at = start;
  let hi = high >>> 0;
  let lo = low >>> 0;
  while (hi > 0 || lo >= 0x80) {
    target[at++] = (lo & 0x7f) | 0x80;
    lo = ((lo >>> 7) | (hi << 25)) >>> 0;
    hi >>>= 7;
  }
  target[at++] = lo;
  return at;
}
