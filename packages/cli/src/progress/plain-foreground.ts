import type { Nanoseconds } from "@tsbx/core/progress";
import { toSeconds } from "./number-format.ts";
import type { Backlog } from "./plain-backlog.ts";

const LONGEST_WAIT_SECONDS = 10;
const FAIR_TURN_SECONDS = 5;

/**
 * Which vertex takes the foreground from `current`, or `undefined` when `current` keeps it. One that has
 * waited too long goes first. Otherwise `current` keeps it for a turn, longer the more of all the changes
 * are its own, and then the vertex with the most changes a second has its turn.
 */
export function nextForeground(
  waiting: readonly Backlog[],
  current: Backlog | undefined,
  now: Nanoseconds,
): Backlog | undefined {
  const others = waiting.filter((backlog) => backlog !== current);
  const longest = most(others, (backlog) => waited(backlog, now));
  if (longest !== undefined && waited(longest, now) > LONGEST_WAIT_SECONDS) return longest;

  const busiest = most(others, (backlog) => rate(backlog, now));
  if (current === undefined || busiest === undefined) return busiest;
  const ownRate = rate(current, now);
  const sum = others.reduce((total, backlog) => total + rate(backlog, now), ownRate);
  const turn = FAIR_TURN_SECONDS / (1 - ownRate / sum);
  return turn < waited(current, now) && rate(busiest, now) > ownRate ? busiest : undefined;
}

function waited({ waitingSince }: Backlog, now: Nanoseconds): number {
  return waitingSince === undefined ? 0 : toSeconds(now - waitingSince);
}

function rate(backlog: Backlog, now: Nanoseconds): number {
  return backlog.changes / waited(backlog, now);
}

function most(backlogs: readonly Backlog[], value: (backlog: Backlog) => number): Backlog | undefined {
  let best: Backlog | undefined;
  for (const backlog of backlogs) if (best === undefined || value(backlog) > value(best)) best = backlog;
  return best;
}
