import type { Readable } from "node:stream";

/** How much may wait for its reader before the stream is paused. */
const HIGH_WATER = 256 * 1024;

/**
 * What a stream receives, all that there is at a time. Node's own iterator copies that into one buffer. Leaving the
 * loop early pauses the stream and does not destroy it.
 * @throws Error when the stream breaks before its end
 */
export async function* received(stream: Readable): AsyncGenerator<Buffer[], void, void> {
  let chunks: Buffer[] = [];
  let length = 0;
  let wake = () => {};
  const take = (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= HIGH_WATER) stream.pause();
    wake();
  };
  const onEvent = () => wake();
  stream.on("data", take).on("end", onEvent).on("close", onEvent);
  try {
    for (;;) {
      if (chunks.length > 0) {
        const taken = chunks;
        chunks = [];
        length = 0;
        yield taken;
      } else if (stream.readableEnded) return;
      else if (stream.destroyed) throw stream.errored ?? new Error("the stream was closed");
      else {
        stream.resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stream.pause();
    stream.off("data", take).off("end", onEvent).off("close", onEvent);
  }
}
