import { type ProgressEvent, Timeline } from "@tsbx/core/progress";
import { describe, expect, it } from "vitest";
import { Backlog } from "./plain-backlog.ts";
import { nextForeground } from "./plain-foreground.ts";

const SECOND = 1_000_000_000n;
const NOW = 100n * SECOND;

/** A vertex with so many changes since so many seconds ago. */
function backlog(changes: number, secondsAgo: number): Backlog {
  const timeline = new Timeline();
  const vertexes = [{ digest: "a", name: "a", inputs: [], cached: false, started: 0n }];
  timeline.apply({ vertexes, statuses: [], logs: [], warnings: [] } satisfies ProgressEvent, 0n);
  const result = new Backlog(timeline.vertex("a")!);
  result.note(changes, NOW - BigInt(secondsAgo) * SECOND);
  return result;
}

describe("nextForeground", () => {
  it("leaves the foreground as it is when nothing else waits", () => {
    const current = backlog(5, 60);
    expect(nextForeground([current], current, NOW)).toBeUndefined();
    expect(nextForeground([], undefined, NOW)).toBeUndefined();
  });

  it("gives a free foreground to the one with the most changes a second", () => {
    const busy = backlog(8, 2);
    expect(nextForeground([backlog(5, 5), busy, backlog(6, 3)], undefined, NOW)).toBe(busy);
  });

  it("goes first to the one that has waited longest, from ten seconds on", () => {
    const longest = backlog(1, 12);
    const current = backlog(1000, 3);
    expect(nextForeground([backlog(50, 11), longest, current], current, NOW)).toBe(longest);
    expect(nextForeground([backlog(1, 10), current], current, NOW)).toBeUndefined();
  });

  it("takes turns, longer ones for the one with the larger share of the changes", () => {
    const other = backlog(9, 9);
    const quiet = backlog(6, 12);
    expect(nextForeground([other], quiet, NOW)).toBe(other);
    expect(nextForeground([other], backlog(2, 4), NOW)).toBeUndefined();
    const busier = backlog(24, 12);
    expect(nextForeground([other], busier, NOW)).toBeUndefined();
  });
});
