import { describe, expect, it } from "vitest";
import { cutToWidth, displayWidth, padToWidth } from "./display-width.ts";

describe("displayWidth", () => {
  it.each([
    ["", 0],
    ["abc", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["中文", 4],
    ["한국", 4],
    ["ｆｕｌｌ", 8],
    ["→…", 2],
    ["🚀", 2],
    ["❤️", 2],
    ["👨‍👩‍👧", 2],
    ["🇫🇷", 2],
    ["a\u200bb", 2],
    ["a\u0007b", 2],
  ])("%j takes %i", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe("cutToWidth", () => {
  it.each([
    ["abcdef", 3, "abc"],
    ["abc", 9, "abc"],
    ["abc", 0, ""],
    ["abc", -1, ""],
    ["中文字", 4, "中文"],
    ["中文字", 5, "中文"],
    ["e\u0301e\u0301", 1, "e\u0301"],
    ["👨‍👩‍👧x", 1, ""],
  ])("%j to %i", (text, width, cut) => {
    expect(cutToWidth(text, width)).toBe(cut);
  });
});

describe("padToWidth", () => {
  it("fills up by columns", () => {
    expect(padToWidth("中", 4)).toBe("中  ");
    expect(padToWidth("abcd", 2)).toBe("abcd");
  });
});
