import { expect, test } from "vitest";
import { parseDuration } from "./duration.ts";

test.each([
  ["0", 0],
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["1.5h", 5_400_000],
  [".5s", 500],
  ["250us", 0.25],
  ["250µs", 0.25],
  ["1000000ns", 1],
  ["-2ms", -2],
  ["+2ms", 2],
])("%s is %d ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(["", "10", "s", "1 s", "1s ", "1d", "1h30", "--1s", ".s", "1s\n"])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
