import { expect, test } from "vitest";
import { selection } from "./selection.ts";

const FILES = ["a", "src", "src/a", "src/b.txt", "src/deep", "src/deep/c.txt", "srcs/a", "x.json"];

test.each<[path: string, include: string[], exclude: string[], selected: string[]]>([
  ["/", [], [], FILES],
  ["/src", [], [], ["src", "src/a", "src/b.txt", "src/deep", "src/deep/c.txt"]],
  ["/src/", [], [], ["src", "src/a", "src/b.txt", "src/deep", "src/deep/c.txt"]],
  ["/src/a", [], [], ["src/a"]],
  ["/*.json", [], [], ["x.json"]],
  ["/src*/a", [], [], ["src/a", "srcs/a"]],
  ["/src/*", [], [], ["src/a", "src/b.txt", "src/deep", "src/deep/c.txt"]],
  ["/src", [], ["*.txt"], ["src", "src/a", "src/deep", "src/deep/c.txt"]],
  ["/src", [], ["**/*.txt", "!deep/c.txt"], ["src", "src/a", "src/deep", "src/deep/c.txt"]],
  ["/src", [], ["deep"], ["src", "src/a", "src/b.txt"]],
  ["/", ["src/deep"], [], ["src/deep", "src/deep/c.txt"]],
  ["/none", [], [], []],
])("%s with %j without %j", (path, include, exclude, selected) => {
  expect(FILES.filter(selection({ path, include, exclude }))).toEqual(selected);
});
