import type { Nanoseconds } from "./events.ts";

/** One stretch of time that a step ran; without a `stop` it still runs. */
export interface Interval {
  readonly start: Nanoseconds;
  readonly stop?: Nanoseconds;
}

/**
 * The same time as intervals that neither touch nor overlap, in order. One without a `stop` swallows all
 * that begin after it.
 */
export function mergeIntervals(intervals: Iterable<Interval>): Interval[] {
  const sorted = [...intervals].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const merged: Interval[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last === undefined || (last.stop !== undefined && last.stop < next.start)) merged.push(next);
    else merged[merged.length - 1] = join(last, next);
  }
  return merged;
}

function join(first: Interval, second: Interval): Interval {
  if (first.stop === undefined || second.stop === undefined) return { start: first.start };
  const later = second.stop > first.stop ? second : first;
  return { start: first.start, stop: later.stop };
}

/** How long `intervals`, which must be merged, last together; those without a `stop` last until `now`. */
export function totalDuration(intervals: readonly Interval[], now: Nanoseconds): Nanoseconds {
  let total = 0n;
  for (const { start, stop = now } of intervals) total += stop > start ? stop - start : 0n;
  return total;
}
