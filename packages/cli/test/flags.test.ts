import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { loadBed } from "@tsbx/testbed";
import { describe, expect, it } from "vitest";
import { findCommand } from "../src/commands/registry.ts";
import { parseArguments } from "../src/flags/parse.ts";
import type { FlagTable } from "../src/flags/table.ts";

/** Commands of the peer that tsbx has not. (Nor `install` and `uninstall`, which are hidden and deprecated.) */
const NOT_THERE = ["bake", "dap", "debug", "history", "imagetools", "policy"];

const COMMANDS = [
  ..."build create dial-stdio du help inspect ls prune rm stop use version".split(" "),
  // The alias.
  "b",
];

/** Flags of the peer that its help does not show, with a value that they take. */
const HIDDEN: ReadonlyArray<readonly [command: string, flag: string]> = [
  ["build", "--print=outline"],
  ["build", "--memory=1g"],
  ["build", "-m1g"],
  ["build", "--memory-swap=1g"],
  ["build", "--cpu-shares=1"],
  ["build", "-c1"],
  ["build", "--cpu-period=1"],
  ["build", "--cpu-quota=1"],
  ["build", "--cpuset-cpus=0"],
  ["build", "--cpuset-mems=0"],
  ["build", "--compress"],
  ["build", "--rm"],
  ["build", "--force-rm"],
  ["build", "--isolation=default"],
  ["build", "--security-opt=a"],
  ["build", "--squash"],
  ["create", "--config=a"],
  ["create", "--builder=a"],
  ["ls", "--builder=a"],
  ["prune", "--keep-storage=1g"],
  ["version", "--builder=a"],
];

/** What a flag of the peer's help is: `list` takes a value each time that it is given. */
interface Shape {
  short: string | undefined;
  type: "boolean" | "string" | "list";
}

it("every command of the peer is there, or is known not to be", async () => {
  const { stdout } = await peer("--help");
  const theirs = [...stdout.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name]) => name!);
  expect(theirs).toContain("build");
  expect(theirs.filter((name) => findCommand(name) === undefined)).toEqual(NOT_THERE);
});

describe("every flag of the peer is there, with its short form and a value or none", () => {
  it.each(COMMANDS)("%s", async (name) => {
    const { stdout } = await peer(name, "--help");
    const theirs = shapesOf(stdout);
    expect(Object.keys(theirs)).toContain("help");
    const table = await flagsOf(name);
    const ours = Object.keys(theirs).map((flag): [string, Shape | undefined] => [flag, shape(table[flag])]);
    expect(Object.fromEntries(ours)).toEqual(theirs);
  });
});

describe("flags that the peer's help does not show", () => {
  it.each(HIDDEN)("%s %s", async (name, flag) => {
    const table = await flagsOf(name);
    // The peer reads its flags before it gives help, so it knows this one.
    await peer(name, flag, "--help");
    expect([...parseArguments(table, [flag]).given]).toHaveLength(1);
  });
});

async function flagsOf(name: string): Promise<FlagTable> {
  const [, entry] = findCommand(name) ?? expect.fail(`no command ${name}`);
  return (await entry.load()).flags;
}

function shapesOf(help: string): Record<string, Shape> {
  const flags = help.matchAll(/^ +(?:-(\w), )?--([a-z-]+)(?: (\S+))? {2,}\S/gm);
  return Object.fromEntries(
    [...flags].map(([, short, name, kind]) => {
      const list = /^(stringArray|strings|filter|ulimit)$/.test(kind ?? "");
      return [name!, { short, type: list ? "list" : kind ? "string" : "boolean" }];
    }),
  );
}

function shape(flag: FlagTable[string] | undefined): Shape | undefined {
  return flag && { short: flag.short, type: flag.type };
}

function peer(...args: string[]) {
  const env = { PATH: process.env.PATH, BUILDX_EXPERIMENTAL: "1" };
  return promisify(execFile)(loadBed(["tools"]).tools.buildx, args, { env });
}
