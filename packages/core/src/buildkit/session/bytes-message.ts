import { Code, GrpcError } from "../transport/status.ts";

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
  if (message[0] !== DATA_TAG) throw new GrpcError(Code.INTERNAL, "unexpected field in a BytesMessage");
  let length = 0;
  let at = 1;
  for (let shift = 0; ; shift += 7) {
    const byte = message[at++];
    if (byte === undefined || shift > 28) throw malformed();
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (at + length !== message.length) throw malformed();
  return message.subarray(at);
}

function malformed(): GrpcError {
  return new GrpcError(Code.INTERNAL, "malformed BytesMessage");
}
