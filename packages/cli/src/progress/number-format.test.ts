import { describe, expect, it } from "vitest";
import { formatAmount, formatBytes, formatDecimal, formatElapsed } from "./number-format.ts";

describe("formatDecimal", () => {
  it.each([
    [0.25, 1, "0.2"],
    [0.75, 1, "0.8"],
    [0.35, 1, "0.3"],
    [1.15, 1, "1.1"],
    [1.125, 2, "1.12"],
    [1.375, 2, "1.38"],
    [-0.25, 1, "-0.2"],
    [2, 1, "2.0"],
    [9.9995, 3, "9.999"],
  ])("%s with %s decimals", (value, decimals, text) => {
    expect(formatDecimal(value, decimals)).toBe(text);
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0B"],
    [999, "999B"],
    [1000, "1.00kB"],
    [1_125_000, "1.12MB"],
    [10_490_000, "10.49MB"],
    [999_999, "1000.00kB"],
    [3e9, "3.00GB"],
    [4.5e12, "4.50TB"],
  ])("%s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("formatAmount", () => {
  it("shows the total when it is known", () => {
    expect(formatAmount({ current: 1000, total: 2000 })).toBe("1.00kB / 2.00kB");
    expect(formatAmount({ current: 1000, total: 0 })).toBe("1.00kB");
    expect(formatAmount({ current: 0, total: 0 })).toBe("");
  });
});

describe("formatElapsed", () => {
  it.each([
    [5_000_000n, "0.005"],
    [9_999_000_000n, "9.999"],
    [10_000_000_000n, "10.00"],
    [123_456_000_000n, "123.5"],
  ])("%s ns", (elapsed, text) => {
    expect(formatElapsed(elapsed)).toBe(text);
  });
});
