import { expect, it } from "vitest";
import type { ProgressEvent } from "./events.ts";
import { OwnClock } from "./own-clock.ts";
import { Timeline } from "./timeline.ts";

const HOUR = 3_600_000_000_000n;
const NOW = 1_000n * HOUR;

function event(parts: Partial<ProgressEvent>): ProgressEvent {
  return { vertexes: [], statuses: [], logs: [], warnings: [], ...parts };
}

function vertex(digest: string, started?: bigint, completed?: bigint) {
  const times = { ...(started !== undefined && { started }), ...(completed !== undefined && { completed }) };
  return { digest, inputs: [], name: digest, cached: false, ...times };
}

it("takes the latest time of the first event with a start for now", () => {
  const clock = new OwnClock(() => NOW);
  expect(clock.shift(event({ vertexes: [vertex("a")] }))).toEqual(event({ vertexes: [vertex("a")] }));
  expect(clock.shift(event({ vertexes: [vertex("a", 5n, 8n), vertex("b", 7n), vertex("c")] }))).toEqual(
    event({ vertexes: [vertex("a", NOW - 3n, NOW), vertex("b", NOW - 1n), vertex("c")] }),
  );
});

it("shifts all times of later events by the same", () => {
  const clock = new OwnClock(() => NOW);
  clock.shift(event({ vertexes: [vertex("a", 10n)] }));
  const status = { id: "s", vertex: "a", name: "", current: 1, total: 2 };
  const log = { vertex: "a", stream: 1, data: new Uint8Array() };
  expect(
    clock.shift(
      event({
        statuses: [{ ...status, timestamp: 12n, started: 11n, completed: 12n }],
        logs: [{ ...log, timestamp: 13n }],
      }),
    ),
  ).toEqual(
    event({
      statuses: [{ ...status, timestamp: NOW + 2n, started: NOW + 1n, completed: NOW + 2n }],
      logs: [{ ...log, timestamp: NOW + 3n }],
    }),
  );
});

it("lets the timers of several daemons and of this side run together", () => {
  const timeline = new Timeline();
  const sources = { ours: 0n, ahead: 5n * HOUR, behind: -5n * HOUR };
  for (const [name, skew] of Object.entries(sources)) {
    const clock = new OwnClock(() => NOW);
    timeline.apply(clock.shift(event({ vertexes: [vertex(name, NOW + skew)] })), 77n);
  }
  const later = timeline.toEventClock(77n + 3n);
  expect([...timeline.vertices].map((each) => each.duration(later))).toEqual([3n, 3n, 3n]);
});
