import type { VertexWarning } from "@tsbx/core/progress";
import { describe, expect, it } from "vitest";
import { warningsBlock } from "./warnings-block.ts";

const warning = (short: string, part: Partial<VertexWarning> = {}): VertexWarning => ({
  vertex: "a",
  level: 1,
  short,
  detail: [],
  ranges: [],
  ...part,
});

describe("warningsBlock", () => {
  it("is empty without warnings", () => {
    expect(warningsBlock([], { debug: true })).toBe("");
  });

  it("shows each warning once, whichever vertices it came from", () => {
    const warnings = [warning("one"), warning("two"), warning("one", { vertex: "b" })];
    expect(warningsBlock(warnings, { debug: false })).toBe(
      "\n 2 warnings found (use --debug to expand):\n - one\n - two\n",
    );
  });

  it("shows details, link and source with debug", () => {
    const position = { line: 1, character: 0 };
    const full = warning("careful", {
      detail: ["first", "second"],
      url: "https://example.test/rule",
      source: { filename: "Dockerfile", data: Buffer.from("from x\nRUN y") },
      ranges: [{ start: position, end: position }],
    });
    const emphasize = (text: string) => `*${text}*`;
    expect(warningsBlock([full, warning("bare")], { debug: true, emphasize })).toBe(
      [
        "",
        " *2 warnings found:*",
        " - careful",
        "first",
        "second",
        "More info: https://example.test/rule",
        "Dockerfile:1",
        "--------------------",
        "   1 | >>> from x",
        "   2 |     RUN y",
        "--------------------",
        "",
        " - bare",
        "",
        "",
      ].join("\n"),
    );
  });
});
