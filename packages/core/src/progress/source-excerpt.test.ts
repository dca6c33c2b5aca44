import { describe, expect, it } from "vitest";
import { sourceExcerpt } from "./source-excerpt.ts";

const source = (lines: number) => ({
  filename: "Dockerfile",
  data: new TextEncoder().encode(Array.from({ length: lines }, (_, i) => `L${i + 1}`).join("\n")),
});
const range = (first: number, last: number) => ({
  start: { line: first, character: 0 },
  end: { line: last, character: 0 },
});
const lineNumbers = (text: string | undefined) =>
  text?.split("\n").flatMap((line) => (line.includes("|") ? [Number.parseInt(line, 10)] : []));

describe("sourceExcerpt", () => {
  it("marks the line and shows two lines on each side", () => {
    expect(sourceExcerpt(source(9), [range(5, 5)])).toBe(
      [
        "Dockerfile:5",
        "--------------------",
        "   3 |     L3",
        "   4 |     L4",
        "   5 | >>> L5",
        "   6 |     L6",
        "   7 |     L7",
        "--------------------",
        "",
      ].join("\n"),
    );
  });

  it("shows one line on each side of a block, and marks only lines inside a range", () => {
    const text = sourceExcerpt(source(9), [range(3, 4), range(6, 6)]);
    expect(lineNumbers(text)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(text!.match(/>>> L\d/g)).toEqual([">>> L3", ">>> L4", ">>> L6"]);
  });

  it.each([
    ["at the start", 9, 1, [1, 2, 3]],
    ["next to the start", 9, 2, [1, 2, 3, 4]],
    ["at the end", 9, 9, [7, 8, 9]],
    ["in a file of one line", 1, 1, [1]],
  ])("keeps within the file %s", (_, lines, line, shown) => {
    expect(lineNumbers(sourceExcerpt(source(lines), [range(line, line)]))).toEqual(shown);
  });

  it("cuts a range that ends behind the file, and takes an end before the start for one line", () => {
    expect(lineNumbers(sourceExcerpt(source(3), [range(2, 8)]))).toEqual([1, 2, 3]);
    expect(lineNumbers(sourceExcerpt(source(9), [range(5, 0)]))).toEqual([3, 4, 5, 6, 7]);
  });

  it("has nothing to show without a range inside the file", () => {
    expect(sourceExcerpt(source(3), [])).toBeUndefined();
    expect(sourceExcerpt(source(3), [range(4, 4)])).toBeUndefined();
    expect(sourceExcerpt(source(3), [range(0, 0)])).toBeUndefined();
  });
});
