import { expect, test } from "vitest";
import { wrapText } from "./wrap.ts";

test.each<[string, number, string[]]>([
  ["", 10, [""]],
  ["one", 10, ["one"]],
  ["one two three", 7, ["one two", "three"]],
  ["one two three", 6, ["one", "two", "three"]],
  ["a-word-too-long for it", 6, ["a-word-too-long", "for it"]],
])("%j in %i columns", (text, width, lines) => {
  expect(wrapText(text, width)).toEqual(lines);
});
