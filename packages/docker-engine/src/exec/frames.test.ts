import { describe, expect, test } from "vitest";
import { FrameReader } from "./frames.ts";

function frame(stream: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

function read(chunks: readonly Buffer[]): { streams: Map<number, Buffer>; partial: boolean } {
  const streams = new Map<number, Buffer>();
  const reader = new FrameReader((stream, payload) => {
    streams.set(stream, Buffer.concat([streams.get(stream) ?? Buffer.alloc(0), payload]));
  });
  for (const chunk of chunks) reader.push(chunk);
  return { streams, partial: reader.partial };
}

describe("frames", () => {
  const out = Buffer.from(Array.from({ length: 300 }, (_, i) => i % 256));
  const bytes = Buffer.concat([
    frame(1, out.subarray(0, 100)),
    frame(2, Buffer.from("warning")),
    frame(1, Buffer.alloc(0)),
    frame(1, out.subarray(100)),
  ]);

  test.each([1, 2, 3, 7, 8, 9, 64, bytes.length])("in chunks of %i bytes", (size) => {
    const chunks = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    const { streams, partial } = read(chunks);
    expect(streams.get(1)!.equals(out)).toBe(true);
    expect(streams.get(2)!.toString()).toBe("warning");
    expect(partial).toBe(false);
  });

  test.each([1, 8, 50, bytes.length - 1])("cut after %i bytes are partial", (length) => {
    expect(read([bytes.subarray(0, length)]).partial).toBe(true);
  });

  test("payloads are views of the chunk, also of a frame that is not whole", () => {
    const chunk = frame(1, out).subarray(0, 200);
    const payloads: Buffer[] = [];
    new FrameReader((_stream, payload) => payloads.push(payload)).push(chunk);
    expect(payloads).toHaveLength(1);
    expect(payloads[0]!.buffer).toBe(chunk.buffer);
    expect(payloads[0]!.length).toBe(192);
  });

  test("a length beyond 2 GiB is no negative number", () => {
    const header = Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    expect(
      read([header, Buffer.from("x")])
        .streams.get(1)!
        .toString(),
    ).toBe("x");
  });
});
