import { describe, expect, it } from "vitest";
import { bytesSize, humanDuration, humanSize } from "./human.ts";

describe("sizes", () => {
  it.each([
    [0, "0B"],
    [999, "999B"],
    [1000, "1kB"],
    [4096, "4.096kB"],
    [20480, "20.48kB"],
    [829_900_001, "829.9MB"],
    [999_960, "1000kB"],
    [9_999_600, "10MB"],
    [4_062_500, "4.062MB"],
    [3_671_234_567, "3.671GB"],
    [1e27, "1000YB"],
  ])("%d bytes in decimal units: %s", (bytes, text) => expect(humanSize(bytes)).toBe(text));

  it.each([
    [1023, "1023B"],
    [1024, "1KiB"],
    [1.5 * 1024 ** 3, "1.5GiB"],
    [4.0625 * 1024, "4.062KiB"],
    [512_000_000, "488.3MiB"],
    [1024 ** 2 - 1, "1024KiB"],
  ])("%d bytes in binary units: %s", (bytes, text) => expect(bytesSize(bytes)).toBe(text));
});

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

describe("humanDuration", () => {
  it.each([
    [-5 * SECOND, "Less than a second"],
    [999, "Less than a second"],
    [1.9 * SECOND, "1 second"],
    [59.9 * SECOND, "59 seconds"],
    [119 * SECOND, "About a minute"],
    [59.9 * 60 * SECOND, "59 minutes"],
    [1 * HOUR, "About an hour"],
    [1.49 * HOUR, "About an hour"],
    [1.5 * HOUR, "2 hours"],
    [47.4 * HOUR, "47 hours"],
    [47.5 * HOUR, "2 days"],
    [13 * DAY, "13 days"],
    [14 * DAY, "2 weeks"],
    [59 * DAY, "8 weeks"],
    [60 * DAY, "2 months"],
    [729 * DAY, "24 months"],
    [730 * DAY, "2 years"],
  ])("%d ms: %s", (milliseconds, text) => expect(humanDuration(milliseconds)).toBe(text));
});
