import { describe, expect, it } from "vitest";
import { alignColumns } from "./align.ts";

// The expected texts are what Go's text/tabwriter makes of the same input.
describe("alignColumns", () => {
  it("gives neighbouring cells of a column one width", () => {
    const text = "a\tbb\tend\nlonger cell\tb\tend\nno cells\nx\ty\n";
    expect(alignColumns(text, { minWidth: 4, padding: 2 })).toBe(
      "a            bb  end\nlonger cell  b   end\nno cells\nx   y\n",
    );
  });

  it("keeps columns apart that a line without them interrupts", () => {
    expect(alignColumns("a\tlong cell\tx\nb\t\nc\tz\tx\n", { minWidth: 0, padding: 1 })).toBe(
      "a long cell x\nb \nc z x\n",
    );
  });

  it("fills with tabs up to a common tab stop", () => {
    expect(alignColumns("Reclaimable:\t1\nTotal:\t2\n", { minWidth: 1, padding: 1, padWith: "\t" })).toBe(
      "Reclaimable:\t1\nTotal:\t\t2\n",
    );
    expect(alignColumns("1234567\tx\n12345678\ty\n", { minWidth: 1, padding: 1, padWith: "\t" })).toBe(
      "1234567\t\tx\n12345678\ty\n",
    );
  });

  it("counts the columns that wide characters take", () => {
    expect(alignColumns("日本\tx\nab\ty\n", { minWidth: 0, padding: 1 })).toBe("日本 x\nab   y\n");
  });
});
