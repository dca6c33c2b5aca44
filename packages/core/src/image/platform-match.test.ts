import { expect, test } from "vitest";
import { isSamePlatform, platformFit } from "./platform-match.ts";

test.each([
  ["linux/amd64", "linux/amd64", 0],
  ["linux/amd64", "linux/amd64/v3", 2],
  ["linux/amd64/v3", "linux/amd64", undefined],
  ["linux/386", "linux/amd64", 1],
  ["linux/arm/v7", "linux/arm64", 2],
  ["linux/arm/v6", "linux/arm/v7", 1],
  ["linux/arm64", "linux/arm/v7", undefined],
  ["linux/arm64", "windows/arm64", undefined],
  ["linux/riscv64", "linux/riscv64", 0],
])("%s on a machine of %s: %s", (wanted, offered, fit) => {
  expect(platformFit(wanted, offered)).toBe(fit);
});

test("the same platform in other words", () => {
  expect(isSamePlatform("linux/arm64", "linux/aarch64")).toBe(true);
  expect(isSamePlatform("linux/arm", "linux/arm/v7")).toBe(true);
  expect(isSamePlatform("linux/arm/v6", "linux/arm/v7")).toBe(false);
});
