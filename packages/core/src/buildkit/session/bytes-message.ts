import { type PieceCodec, PieceReader } from "../transport/piece-reader.ts";
import { Code, GrpcError } from "../transport/status.ts";
import { readVarint } from "../transport/varint.ts";

/**
 * `BytesMessage{bytes data = 1}`, which several BuildKit services use for plain bytes. Written by hand
 * because every byte of a build context and of an exported image passes through it.
 */
const DATA_TAG = 0x0a;

/** What stands before `length` bytes of data in the message. */
export function bytesMessageHeader(length: number): Buffer {
  const header = [DATA_TAG];
  let rest = length;
  while (rest >= 0x80) {
    header.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  header.push(rest);
  return Buffer.from(header);
}

/** The `data` of the message, as a view. */
export function bytesMessageData(message: Buffer): Buffer {
  if (message.length === 0) return message;
  const at = dataStart(message, message.length);
  if (at === undefined) throw new GrpcError(Code.INTERNAL, "malformed BytesMessage");
  return message.subarray(at);
}

/** Reads a stream of such messages whose boundaries carry no meaning. */
export function bytesReader(): PieceReader<Buffer> {
  return new PieceReader(CODEC);
}

const CODEC: PieceCodec<Buffer> = {
  whole: bytesMessageData,
  begun(start, length) {
    const at = dataStart(start, length);
    return at === undefined ? undefined : { at, piece: (data) => data };
  },
};

/**
 * Where the data begins, in a message of `length` bytes of which there is the start.
 * @throws GrpcError for another field
 */
function dataStart(start: Buffer, length: number): number | undefined {
  if (start.length === 0) return undefined;
  if (start[0] !== DATA_TAG) throw new GrpcError(Code.INTERNAL, "unexpected field in a BytesMessage");
  const data = readVarint(start, 1);
  return data && data.end + data.value === length ? data.end : undefined;
}
