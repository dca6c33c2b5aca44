import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Interval, mergeIntervals, totalDuration } from "./interval.ts";

const span = (start: number, stop?: number): Interval =>
  stop === undefined ? { start: BigInt(start) } : { start: BigInt(start), stop: BigInt(stop) };

describe("mergeIntervals", () => {
  it.each<[string, Interval[], Interval[]]>([
    ["nothing", [], []],
    ["separate ones, sorted", [span(5, 6), span(1, 2)], [span(1, 2), span(5, 6)]],
    ["overlapping", [span(1, 4), span(3, 6)], [span(1, 6)]],
    ["touching", [span(1, 3), span(3, 6)], [span(1, 6)]],
    ["one inside another", [span(1, 9), span(3, 6)], [span(1, 9)]],
    ["an open one swallows what begins later", [span(1, 2), span(3), span(5, 6)], [span(1, 2), span(3)]],
    ["an open one overlapped by an earlier one", [span(1, 5), span(3)], [span(1)]],
  ])("%s", (_, intervals, merged) => {
    expect(mergeIntervals(intervals)).toEqual(merged);
  });

  it("covers exactly the moments that the intervals cover", () => {
    const interval = fc
      .tuple(fc.nat(30), fc.option(fc.nat(10)))
      .map(([a, n]) => span(a, n === null ? undefined : a + n));
    fc.assert(
      fc.property(fc.array(interval), (intervals) => {
        const merged = mergeIntervals(intervals);
        for (let t = 0n; t < 50n; t++) {
          const inside = ({ start, stop }: Interval) => start <= t && (stop === undefined || t <= stop);
          expect(merged.filter(inside).length).toBe(intervals.some(inside) ? 1 : 0);
        }
      }),
    );
  });
});

describe("totalDuration", () => {
  it("lets an open interval last until now, and never counts below zero", () => {
    expect(totalDuration([span(1, 3), span(10)], 15n)).toBe(7n);
    expect(totalDuration([span(10)], 8n)).toBe(0n);
  });
});
