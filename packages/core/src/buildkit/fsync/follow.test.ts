import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { followPaths, withoutCovered } from "./follow.ts";
import { walkTree } from "./walk.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tsbx-follow-"));
  for (const path of ["dir/a", "dir/b", "dir/sub/c", "other/x", "file", "x*y"]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
  }
  const links = {
    "to-dir": "dir",
    "to-file": "file",
    "to-link": "to-dir",
    absolute: "/dir/sub",
    "dir/up": "../other",
    escaping: "../../../etc",
    dangling: "missing/target",
    "loop-a": "loop-b",
    "loop-b": "loop-a",
    growing: "growing/more",
    "link-1": "dir/a",
    "link-2": "dir/b",
    "to-root": ".",
    "!bang": "file",
    "lit*": "file",
  };
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

test.each<[string[], string[] | undefined]>([
  [["file"], ["file"]],
  [["./dir//a"], ["dir/a"]],
  [["/file"], ["file"]],
  [["../../file"], ["file"]],
  [["dir", "dir/a"], ["dir"]],
  [["missing"], ["missing"]],
  [["missing/deeper"], ["missing/deeper"]],
  [["file/below"], ["file/below"]],
  [["to-file"], ["file", "to-file"]],
  [["to-dir/a"], ["dir/a", "to-dir"]],
  [
    ["to-dir/a", "to-dir/b"],
    ["dir/a", "dir/b", "to-dir"],
  ],
  [["to-link/sub/c"], ["dir/sub/c", "to-dir", "to-link"]],
  [["absolute/c"], ["absolute", "dir/sub/c"]],
  [["dir/up/x"], ["dir/up", "other/x"]],
  [["to-dir/up/x"], ["dir/up", "other/x", "to-dir"]],
  [["escaping/passwd"], ["escaping", "etc/passwd"]],
  [["dangling"], ["dangling", "missing/target"]],
  [["loop-a"], ["loop-a", "loop-b"]],
  [["link-*"], ["dir/a", "dir/b", "link-*"]],
  [["link-[1]"], ["dir/a", "link-[1]"]],
  [["oth*/x"], ["oth*/x"]],
  [["d*/a"], ["d*", "missing/target/a"]],
  [
    ["to-d*/a", "to-d*/b"],
    ["dir/a", "dir/b", "to-d*"],
  ],
  [["dir/*"], ["dir/*", "other"]],
  [["nowhere/*"], ["nowhere/*"]],
  [["!ba*"], ["!ba*", "file"]],
  [["link-**"], ["dir/a", "dir/b", "link-**"]],
  [["link-[1"], ["link-[1"]],
  [["lit\\*"], ["lit\\*"]],
  [["\\lit?"], ["\\lit?", "file"]],
  [["file/*"], ["file/*"]],
  [["x\\*y"], ["x\\*y"]],
  [["."], undefined],
  [["file", "/"], undefined],
  [["to-root"], undefined],
  [["to-root/file"], ["file", "to-root"]],
  [[], []],
])("%j", (paths, expected) => {
  expect(followPaths(root, paths)).toEqual(expected);
});

test("a link whose target grows ends", () => {
  expect(followPaths(root, ["growing/x"])).toContain("growing");
});

test("what is followed is sent, together with include patterns and without what is excluded", () => {
  const sent = (filter: { include?: string[]; exclude?: string[]; follow?: string[] }) =>
    [...walkTree(root, { include: [], exclude: [], follow: [], ...filter })].flatMap(
      (entry) => entry?.path ?? [],
    );
  expect(sent({ follow: ["to-link/sub/c"] })).toEqual(["dir", "dir/sub", "dir/sub/c", "to-dir", "to-link"]);
  expect(sent({ follow: ["to-dir/a"], include: ["other"] })).toEqual([
    "dir",
    "dir/a",
    "other",
    "other/x",
    "to-dir",
  ]);
  expect(sent({ follow: ["dir"], exclude: ["dir/sub", "**/b"] })).toEqual(["dir", "dir/a", "dir/up"]);
  expect(sent({ follow: ["."], include: ["file"] })).toEqual(["file"]);
  expect(sent({ include: ["dir", "!dir/sub"] })).toEqual(["dir", "dir/a", "dir/b", "dir/up"]);
});

test("withoutCovered drops what lies below another path, not what merely starts like it", () => {
  expect(withoutCovered(["b", "a/x", "a", "a", "ab"])).toEqual(["a", "ab", "b"]);
});
