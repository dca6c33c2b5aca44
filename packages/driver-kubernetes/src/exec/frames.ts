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

/** How many bytes the messages of so much stdin take. */
export function stdinLength(payload: number): number {
  return payload + Math.ceil(payload / MAX_PAYLOAD);
}

/**
 * The messages that carry `chunks` to the process's stdin.
 * @param target where they are put together, of at least {@link stdinLength}
 */
export function stdinFrames(chunks: readonly Uint8Array[], target: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  let [start, end] = [0, 0];
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (end === start) target[end++] = STDIN;
      const piece = chunk.subarray(at, at + MAX_PAYLOAD + 1 - (end - start));
      target.set(piece, end);
      at += piece.length;
      end += piece.length;
      if (end - start <= MAX_PAYLOAD) continue;
      frames.push(target.subarray(start, end));
      start = end;
    }
  }
  if (end > start) frames.push(target.subarray(start, end));
  return frames;
}

export function closeFrame(channel: number): Uint8Array {
  return Uint8Array.of(CLOSE, channel);
}
