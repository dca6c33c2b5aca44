import { expect, test } from "vitest";
import { closeFrame, stdinFrames, stdinLength } from "./frames.ts";

const framed = (...chunks: Buffer[]) =>
  stdinFrames(chunks, Buffer.alloc(stdinLength(chunks.reduce((sum, { length }) => sum + length, 0))));

test("small writes go out as one message of stdin", () => {
  expect(framed(Buffer.from("ab"), Buffer.from("c"))).toEqual([Buffer.from("\0abc")]);
});

test("a large write is cut, and nothing of it lost", () => {
  const bytes = Buffer.alloc(150_000, "0123456789abc");
  const frames = framed(bytes);
  expect(frames.map(({ length }) => length)).toEqual([65_537, 65_537, 18_929]);
  expect(frames.map((frame) => frame[0])).toEqual([0, 0, 0]);
  expect(Buffer.concat(frames.map((frame) => frame.subarray(1))).equals(bytes)).toBe(true);
});

test("nothing makes no message", () => {
  expect(framed(Buffer.alloc(0))).toEqual([]);
});

test("the end of stdin is a message of its own", () => {
  expect(closeFrame(0)).toEqual(Uint8Array.of(255, 0));
});
