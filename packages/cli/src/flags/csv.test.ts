import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCsv, parseCsv } from "./csv.ts";

describe("parseCsv", () => {
  it.each([
    ["", [""]],
    ["a", ["a"]],
    ["a,b", ["a", "b"]],
    ["a,,b,", ["a", "", "b", ""]],
    ['"a,b",c', ["a,b", "c"]],
    ['"a ""b""",c', ['a "b"', "c"]],
    ['type=local,"dest=a,b"', ["type=local", "dest=a,b"]],
    ["a, b", ["a", " b"]],
  ])("%s", (text, fields) => {
    expect(parseCsv(text)).toEqual(fields);
  });

  it.each(['a"b', '"a', '"a"b', 'a,"b', 'k="a,b"'])("refuses %s", (text) => {
    expect(() => parseCsv(text)).toThrowError(expect.objectContaining({ code: "INVALID_CSV" }));
  });

  it("reads back what formatCsv writes", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
        expect(parseCsv(formatCsv(fields))).toEqual(fields);
      }),
    );
  });
});
