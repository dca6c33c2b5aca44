import { expect, test } from "vitest";
import { commonVersion } from "./version.ts";

test.each([
  ["1.41", "1.41"],
  ["1.48", "1.48"],
  ["1.56", "1.48"],
  ["2.0", "1.48"],
  ["1.5", "1.5"],
  [undefined, "1.39"],
  ["what", "1.39"],
])("a daemon of %s is asked by %s", (daemon, version) => {
  expect(commonVersion(daemon)).toBe(version);
});
