import { expect, test } from "vitest";
import { formatPlatform, parsePlatform } from "./platform.ts";

test.each([
  ["linux/amd64", "linux/amd64"],
  ["Linux/AMD64", "linux/amd64"],
  [" linux/amd64 ", "linux/amd64"],
  ["linux/x86_64", "linux/amd64"],
  ["linux/x86-64", "linux/amd64"],
  ["linux/amd64/v1", "linux/amd64"],
  ["linux/amd64/v2", "linux/amd64/v2"],
  ["linux/i386", "linux/386"],
  ["linux/aarch64", "linux/arm64"],
  ["linux/arm64/v8", "linux/arm64"],
  ["linux/arm64/8", "linux/arm64"],
  ["linux/arm64/v9", "linux/arm64/v9"],
  ["linux/arm", "linux/arm/v7"],
  ["linux/arm/6", "linux/arm/v6"],
  ["linux/arm/v5", "linux/arm/v5"],
  ["linux/armhf", "linux/arm/v7"],
  ["linux/armel", "linux/arm/v6"],
  ["macos/arm64", "darwin/arm64"],
  ["windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64"],
  ["arm64", "linux/arm64"],
  ["aarch64", "linux/arm64"],
  ["arm", "linux/arm/v7"],
  ["armel", "linux/arm/v6"],
  ["386", "linux/386"],
  ["linux/riscv64", "linux/riscv64"],
  ["linux/constructor", "linux/constructor"],
  ["constructor/amd64", "constructor/amd64"],
])("%s", (text, normal) => {
  expect(formatPlatform(parsePlatform(text))).toBe(normal);
  expect(formatPlatform(parsePlatform(normal))).toBe(normal);
});

test.each([
  "",
  "nosuch",
  "linux/",
  "/amd64",
  "linux/amd64/",
  "linux/arm/v7/x",
  "li nux/amd64",
  "linux/am,d64",
])("%j is refused", (text) => {
  expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: "INVALID_PLATFORM" }));
});

test("an operating system alone is for this machine's architecture", () => {
  const { architecture } = parsePlatform("windows");
  expect(formatPlatform(parsePlatform("windows"))).toBe(`windows/${architecture}`);
  expect(["amd64", "arm64", "386", "riscv64", "s390x", "ppc64le"]).toContain(architecture);
});
