import { describe, expect, it } from "vitest";
import { parseArguments } from "./parse.ts";
import type { FlagTable } from "./table.ts";

const table = {
  tag: { type: "list", short: "t", doc: "" },
  file: { type: "string", short: "f", doc: "" },
  quiet: { type: "boolean", short: "q", doc: "" },
  debug: { type: "boolean", short: "D", doc: "" },
  "no-cache": { type: "boolean", doc: "" },
} as const satisfies FlagTable;

describe("parseArguments", () => {
  it.each([
    [["--tag", "a"], { tag: ["a"] }],
    [["--tag=a", "--tag", "b"], { tag: ["a", "b"] }],
    [["--tag="], { tag: [""] }],
    [["--tag=a=b"], { tag: ["a=b"] }],
    [["-t", "a"], { tag: ["a"] }],
    [["-ta"], { tag: ["a"] }],
    [["-t=a"], { tag: ["a"] }],
    [["-t="], { tag: ["="] }],
    [["-qDta"], { quiet: true, debug: true, tag: ["a"] }],
    [["-qD"], { quiet: true, debug: true }],
    [["-q=false"], { quiet: false }],
    [["--no-cache"], { "no-cache": true }],
    [["--no-cache=false"], { "no-cache": false }],
    [["--no-cache", "--no-cache=0"], { "no-cache": false }],
    [["-f", "a", "--file", "b"], { file: "b" }],
    [["-f", "-"], { file: "-" }],
    [["-t", "-q"], { tag: ["-q"], quiet: false }],
  ])("%j", (args, expected) => {
    expect(parseArguments(table, args).flags).toMatchObject(expected);
  });

  it.each([
    [
      ["a", "-q", "b"],
      ["a", "b"],
    ],
    [["-q", "-"], ["-"]],
    [
      ["--", "-q", "--"],
      ["-q", "--"],
    ],
    [["--no-cache", "false"], ["false"]],
  ])("positionals of %j", (args, expected) => {
    expect(parseArguments(table, args).positionals).toEqual(expected);
  });

  it("leaves what was not given at its default, and tells it from what was", () => {
    const { flags, given } = parseArguments(table, ["--no-cache=false"]);
    expect(flags).toEqual({
      tag: [],
      file: undefined,
      quiet: false,
      debug: false,
      "no-cache": false,
      call: undefined,
    });
    expect([...given]).toEqual(["no-cache"]);
  });

  it.each([
    [["--nope"], "unknown flag: --nope", undefined],
    [["--tags=a"], "unknown flag: --tags", "Did you mean --tag?"],
    [["--toString"], "unknown flag: --toString", undefined],
    [["-x"], "unknown shorthand flag: 'x' in -x", undefined],
    [["-qxD"], "unknown shorthand flag: 'x' in -xD", undefined],
    [["--file"], "flag needs an argument: --file", undefined],
    [["-qf"], "flag needs an argument: 'f' in -f", undefined],
    [["--quiet=maybe"], 'invalid argument "maybe" for "-q, --quiet" flag: not a boolean', undefined],
    [["---"], "bad flag syntax: ---", undefined],
    [["--=x"], "bad flag syntax: --=x", undefined],
  ])("refuses %j", (args, message, hint) => {
    expect(() => parseArguments(table, args)).toThrowError(
      expect.objectContaining({ code: "INVALID_FLAG", message, ...(hint ? { hint } : {}) }),
    );
  });
});
