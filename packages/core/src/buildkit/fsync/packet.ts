import { PREFIX_LENGTH } from "../transport/framing.ts";
import { type PieceCodec, PieceReader } from "../transport/piece-reader.ts";
import { readVarint } from "../transport/varint.ts";
import { FieldReader } from "./field-reader.ts";

/** `fsutil.types.Packet.PacketType`. */
export const PacketType = { STAT: 0, REQ: 1, DATA: 2, FIN: 3, ERR: 4 } as const;

/** One entry of a listing. Strings are "binary strings": one character per byte of a name. */
export interface StatEntry {
  path: string;
  /** Go's FileMode bits. */
  mode: number;
  size: number;
  /** Nanoseconds since the Unix epoch. */
  mtime: bigint;
  linkname: string;
  devmajor: number;
  devminor: number;
  xattrs?: ReadonlyArray<readonly [string, Uint8Array]>;
}

/** A Stat as it was received, with the names' bytes. */
export interface ReceivedStat {
  path: Buffer;
  mode: number;
  size: number;
  modTime: bigint;
  linkname: Buffer;
}

export interface ReceivedPacket {
  type: number;
  id: number;
  stat?: ReceivedStat;
  data: Buffer;
}

const EMPTY = Buffer.alloc(0);
/** The longest encoding of everything in a DATA packet but its data, gRPC prefix included. */
export const MAX_DATA_HEADER = PREFIX_LENGTH + 2 + 6 + 6;

// Tags of Packet: type=1 varint, ID=3 varint, data=4 bytes.
const TYPE = 0x08;
const ID = 0x18;
const DATA = 0x22;

/** The number of bytes in a varint. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) length++;
  return length;
}

export function writeVarint(target: Buffer, at: number, value: number): number {
  let rest = value;
  let position = at;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) target[position++] = (rest % 128) | 0x80;
  target[position++] = rest;
  return position;
}

/** Writes a gRPC prefix and the start of a DATA packet; `length` bytes of data have to follow. */
export function writeDataHeader(target: Buffer, at: number, id: number, length: number): number {
  const size = dataHeaderLength(id, length) - PREFIX_LENGTH + length;
  target[at] = 0;
  target.writeUInt32BE(size, at + 1);
  let position = at + PREFIX_LENGTH;
  target[position++] = TYPE;
  target[position++] = PacketType.DATA;
  if (id > 0) {
    target[position++] = ID;
    position = writeVarint(target, position, id);
  }
  if (length > 0) {
    target[position++] = DATA;
    position = writeVarint(target, position, length);
  }
  return position;
}

export function dataHeaderLength(id: number, length: number): number {
  const idLength = id > 0 ? 1 + varintLength(id) : 0;
  return PREFIX_LENGTH + 2 + idLength + (length > 0 ? 1 + varintLength(length) : 0);
}

export function encodeRequest(id: number): Buffer {
  const body = Buffer.alloc(PREFIX_LENGTH + 2 + (id > 0 ? 1 + varintLength(id) : 0));
  body.writeUInt32BE(body.length - PREFIX_LENGTH, 1);
  body[PREFIX_LENGTH] = TYPE;
  body[PREFIX_LENGTH + 1] = PacketType.REQ;
  if (id > 0) {
    body[PREFIX_LENGTH + 2] = ID;
    writeVarint(body, PREFIX_LENGTH + 3, id);
  }
  return body;
}

export function encodeFin(): Buffer {
  return Buffer.from([0, 0, 0, 0, 2, TYPE, PacketType.FIN]);
}

/** The STAT without an entry: the end of a listing. */
export function encodeEndOfListing(): Buffer {
  return Buffer.from([0, 0, 0, 0, 0]);
}

export function encodeError(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const body = Buffer.alloc(PREFIX_LENGTH + 3 + varintLength(bytes.length) + bytes.length);
  body.writeUInt32BE(body.length - PREFIX_LENGTH, 1);
  body.set([TYPE, PacketType.ERR, DATA], PREFIX_LENGTH);
  bytes.copy(body, writeVarint(body, PREFIX_LENGTH + 3, bytes.length));
  return body;
}

/** @throws GrpcError for bytes that are no packet. */
export function decodePacket(message: Buffer): ReceivedPacket {
  const packet: ReceivedPacket = { type: PacketType.STAT, id: 0, data: EMPTY };
  for (const field = new FieldReader(message); field.next(); ) {
    if (field.name === 1) packet.type = field.number;
    else if (field.name === 2) packet.stat = decodeStat(field.bytes);
    else if (field.name === 3) packet.id = field.number;
    else if (field.name === 4) packet.data = field.bytes;
  }
  return packet;
}

/** Reads packets, and hands on a file's data as it comes: it is a run of packets in any case. */
export function packetReader(): PieceReader<ReceivedPacket> {
  return new PieceReader({ whole: decodePacket, begun: begunData });
}

/** A DATA packet that has begun, with its fields in the order in which every sender writes them. */
function begunData(start: Buffer, length: number): ReturnType<PieceCodec<ReceivedPacket>["begun"]> {
  if (start[0] !== TYPE || start[1] !== PacketType.DATA) return undefined;
  const id = start[2] === ID ? readVarint(start, 3) : { value: 0, end: 2 };
  if (!id || start[id.end] !== DATA) return undefined;
  const data = readVarint(start, id.end + 1);
  if (!data || data.end + data.value !== length) return undefined;
  const piece = (bytes: Buffer) => ({ type: PacketType.DATA, id: id.value, data: bytes });
  return { at: data.end, piece };
}

function decodeStat(message: Buffer): ReceivedStat {
  const stat: ReceivedStat = { path: EMPTY, mode: 0, size: 0, modTime: 0n, linkname: EMPTY };
  for (const field = new FieldReader(message); field.next(); ) {
    if (field.name === 1) stat.path = field.bytes;
    else if (field.name === 2) stat.mode = field.number;
    else if (field.name === 5) stat.size = field.number;
    else if (field.name === 6) stat.modTime = BigInt.asIntN(64, field.bigint);
    else if (field.name === 7) stat.linkname = field.bytes;
  }
  return stat;
}
