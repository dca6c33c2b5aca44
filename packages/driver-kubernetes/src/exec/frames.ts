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
  const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  for (let at = 0; at < bytes.length; at += MAX_PAYLOAD) {
    yield Buffer.concat([Uint8Array.of(STDIN), bytes.subarray(at, at + MAX_PAYLOAD)]);
  }
}

export function closeFrame(channel: number): Uint8Array {
  return Uint8Array.of(CLOSE, channel);
}
