import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { terminalText } from "./terminal-text.ts";

describe("terminalText", () => {
  it.each([
    ["plain text, ünïcödé 中文", "plain text, ünïcödé 中文"],
    ["\u001b[31mred\u001b[0m", "red"],
    ["\u001b[2J\u001b[10;5Hhome", "home"],
    ["\u009b2Jeight bits", "eight bits"],
    ["\u001b]0;title\u0007text", "text"],
    ["\u001b]8;;https://example.test\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["\u001b(Bcharset\u001b7\u001b8", "charset"],
    ["cut at its end \u001b[31", "cut at its end "],
    ["cut title \u001b]0;ti", "cut title "],
    ["10%\r20%\r30%", "30%"],
    ["line\r", "line"],
    ["bell\u0007 back\b null\0", "bell back null"],
    ["a\tb\t中\tc", "a       b       中      c"],
    ["turn\u202e around", "turn around"],
    ["two\u2028lines\nhere", "twolineshere"],
  ])("%j", (text, clean) => {
    expect(terminalText(text)).toBe(clean);
  });

  it("keeps colours when asked to, and ends them", () => {
    expect(terminalText("\u001b[1;31mred\u001b[K \u001b[2Jmore", { colors: true })).toBe(
      "\u001b[1;31mred more\u001b[0m",
    );
    expect(terminalText("\u001b[>4;2m\u001b[?1mx", { colors: true })).toBe("x");
  });

  it("never lets a control character through", () => {
    const piece = fc.constantFrom(
      "\u001b",
      "[",
      "]",
      "0",
      ";",
      "m",
      "H",
      "\u0007",
      "\\",
      "\r",
      "\t",
      "x",
      "中",
      "\u009b",
      "\ufdd0",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(terminalText(pieces.join(""))).not.toMatch(/\p{Cc}/u);
        const colored = terminalText(pieces.join(""), { colors: true });
        expect(colored.replace(/\p{Cc}\[[\d;:]*m/gu, "")).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 1000 },
    );
  });
});
