/** The channels of a pod's exec: the first byte of each message names one. */
export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
/** Gets one `Status` object, in JSON, when the process has ended. */
export const STATUS = 3;
/** Since version 5 of the protocol: its one byte names the channel that is closed. */
const CLOSE = 255;

/** Payload of one message. The API server takes a message whole before it passes it on. */
const MAX_PAYLOAD = 64 * 1024;

/** The messages that carry `chunks` to the process's stdin. */
export function* stdinFrames(chunks: readonly Uint8Array[]): Generator<Buffer> {
  let left = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  let frame = newFrame(left);
  let used = 1;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + frame.length - used);
      frame.set(piece, used);
      at += piece.length;
      used += piece.length;
      left -= piece.length;
      if (used < frame.length) continue;
      yield frame;
      if (left === 0) return;
      frame = newFrame(left);
      used = 1;
    }
  }
}

function newFrame(payload: number): Buffer {
  const frame = Buffer.allocUnsafe(1 + Math.min(payload, MAX_PAYLOAD));
  frame[0] = STDIN;
  return frame;
}

export function closeFrame(channel: number): Uint8Array {
  return Uint8Array.of(CLOSE, channel);
}
