import { expect, test } from "vitest";
import { isDnsLabel, isDnsSubdomain, isLabelValue, isMetadataKey } from "./names.ts";

const long = "a".repeat(63);

test.each([
  [isDnsLabel, ["a", "0-b", long], ["", "-a", "a-", "A", "a.b", `${long}a`]],
  [isDnsSubdomain, ["a", "a.b-c.d"], ["", "a..b", ".a", "a_b", Array(5).fill(long).join(".")]],
  [isMetadataKey, ["a", "A_b.c", "example.com/a"], ["", "/a", "a/", "a/b/c", "UP.com/a", `${long}a`]],
  [isLabelValue, ["", "a", "A_b.c-9"], ["-a", "a b", "a/b", `${long}a`]],
])("%o", (accepts, good, bad) => {
  expect(good.filter((text) => !accepts(text))).toEqual([]);
  expect(bad.filter(accepts)).toEqual([]);
});
