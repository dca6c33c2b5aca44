import { expect, test } from "vitest";
import { closeFrame, stdinFrames } from "./frames.ts";

test("small writes go out as one message of stdin", () => {
  expect([...stdinFrames([Buffer.from("ab"), Buffer.from("c")])]).toEqual([Buffer.from("\0abc")]);
});

test("a large write is cut, and nothing of it lost", () => {
  const bytes = Buffer.alloc(150_000, "0123456789abc");
  const frames = [...stdinFrames([bytes])];
  expect(frames.map(({ length }) => length)).toEqual([65_537, 65_537, 18_929]);
  expect(frames.map((frame) => frame[0])).toEqual([0, 0, 0]);
  expect(Buffer.concat(frames.map((frame) => frame.subarray(1))).equals(bytes)).toBe(true);
});

test("nothing makes no message", () => {
  expect([...stdinFrames([Buffer.alloc(0)])]).toEqual([]);
});

test("the end of stdin is a message of its own", () => {
  expect(closeFrame(0)).toEqual(Uint8Array.of(255, 0));
});
