import { expect, it } from "vitest";
import { knowsSpaceLimits } from "./space-limits.ts";

it.each([
  ["v0.17.0", true],
  ["0.17.0-rc1", true],
  ["v0.32.2", true],
  ["v1.0.0", true],
  ["v0.16.9", false],
  ["v0.8.2+bc07b2b81b", false],
  ["0.0.0+unknown", false],
  ["", false],
  [undefined, false],
])("%s knows limits by disk space: %s", (version, expected) => {
  expect(knowsSpaceLimits(version)).toBe(expected);
});
