import { expect, test } from "vitest";
import { hasSubordinateIds } from "./rootless.ts";

test.each([
  ["by name", "other:1:1\nme:100000:65536\n", true],
  ["by number", "1000:100000:65536", true],
  ["an empty range", "me:100000:0", false],
  ["a longer name", "menno:100000:65536", false],
  ["nothing", "", false],
])("%s", (_name, table, granted) => {
  expect(hasSubordinateIds(table, "me", 1000)).toBe(granted);
});
