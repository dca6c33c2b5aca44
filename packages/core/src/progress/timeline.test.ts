import { describe, expect, it } from "vitest";
import type { ProgressEvent, Vertex, VertexStatus } from "./events.ts";
import { Timeline } from "./timeline.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const event = (part: Partial<ProgressEvent>): ProgressEvent => ({
  vertexes: [],
  statuses: [],
  logs: [],
  warnings: [],
  ...part,
});
const vertex = (digest: string, part: Partial<Vertex> = {}): ProgressEvent =>
  event({ vertexes: [{ digest, name: `step ${digest}`, inputs: [], cached: false, ...part }] });
const status = (vertex: string, id: string, part: Partial<VertexStatus> = {}): ProgressEvent =>
  event({ statuses: [{ vertex, id, name: "", current: 0, total: 0, timestamp: 0n, ...part }] });
const log = (vertex: string, text: string, timestamp: bigint): ProgressEvent =>
  event({ logs: [{ vertex, stream: 1, data: bytes(text), timestamp }] });
const member = (digest: string, weak: boolean, part: Partial<Vertex> = {}): ProgressEvent =>
  vertex(digest, { progressGroup: { id: "g", name: "group", weak }, ...part });

function timelineOf(...events: ProgressEvent[]): Timeline {
  const timeline = new Timeline();
  for (const e of events) timeline.apply(e, 0n);
  return timeline;
}
const names = (timeline: Timeline) => [...timeline.vertices].map((v) => v.name);

describe("Timeline vertices", () => {
  it("lists what has started, in order of its start, and counts what is known", () => {
    const timeline = timelineOf(
      vertex("a"),
      vertex("b"),
      vertex("b", { started: 1n }),
      vertex("c", { started: 2n, completed: 3n }),
    );
    expect(names(timeline)).toEqual(["step b", "step c"]);
    expect(timeline.counts).toEqual({ total: 3, completed: 1 });
  });

  it("adds up the runs of a vertex that runs again, and times logs from the latest", () => {
    const timeline = timelineOf(
      vertex("a", { started: 10n, completed: 20n }),
      vertex("a", { started: 100n }),
      log("a", "x\n", 105n),
    );
    const a = timeline.vertex("a")!;
    expect(a.outcome).toBe("running");
    expect(a.duration(130n)).toBe(40n);
    expect(a.log.lines[0]!.elapsed).toBe(5n);
  });

  it("ignores an announcement without a start after the vertex ran", () => {
    const timeline = timelineOf(vertex("a", { started: 1n, completed: 2n, cached: true }), vertex("a"));
    expect(timeline.vertex("a")!.outcome).toBe("cached");
  });

  it.each([
    ["done", { started: 1n, completed: 2n }],
    ["cached", { started: 1n, completed: 2n, cached: true }],
    ["error", { started: 1n, completed: 2n, error: "boom" }],
    ["canceled", { started: 1n, completed: 2n, error: "solving: context canceled" }],
    ["running", { started: 1n, cached: true }],
    ["waiting", {}],
  ] as const)("tells that a vertex is %s", (outcome, part) => {
    expect(timelineOf(vertex("a", part)).vertex("a")!.outcome).toBe(outcome);
  });

  it("reports a change once", () => {
    const timeline = new Timeline();
    const step = vertex("a", { started: 1n, completed: 2n });
    expect([...timeline.apply(step, 0n).values()]).toEqual([1]);
    expect(timeline.apply(step, 0n).size).toBe(0);
  });
});

describe("Timeline progress groups", () => {
  it("shows a group as one vertex, which takes its members' logs and statuses", () => {
    const timeline = timelineOf(
      member("a", false, { started: 10n, completed: 20n, cached: true }),
      member("b", false, { started: 15n }),
      log("b", "hi\n", 17n),
      status("a", "layer"),
    );
    expect(names(timeline)).toEqual(["group"]);
    const group = timeline.vertex("b")!;
    expect(group).toBe(timeline.vertex("a"));
    expect(group.digest).toBe("g");
    expect(group.outcome).toBe("running");
    expect(group.duration(40n)).toBe(30n);
    expect(group.log.lines).toHaveLength(1);
    expect([...group.statuses.keys()]).toEqual(["layer"]);
    expect(timeline.counts).toEqual({ total: 1, completed: 0 });
  });

  it("is cached only when all its members are", () => {
    const cached = { started: 1n, completed: 2n, cached: true };
    const timeline = timelineOf(member("a", false, cached), member("b", false));
    expect(timeline.vertex("g")!.outcome).toBe("done");
    timeline.apply(member("b", false, cached), 0n);
    expect(timeline.vertex("g")!.outcome).toBe("cached");
  });

  it("hides a group of which only weak members started, until another one starts", () => {
    const timeline = timelineOf(member("a", true, { started: 1n, completed: 2n }), member("b", false));
    expect(names(timeline)).toEqual([]);
    expect(timeline.counts).toEqual({ total: 0, completed: 0 });
    const changes = timeline.apply(member("b", false, { started: 3n }), 0n);
    expect(names(timeline)).toEqual(["group"]);
    expect(changes.has(timeline.vertex("g")!)).toBe(true);
  });

  it("shows a group of which a weak member failed", () => {
    const timeline = timelineOf(member("a", true, { started: 1n, completed: 2n, error: "boom" }));
    expect(timeline.vertex("g")!.outcome).toBe("error");
    expect(names(timeline)).toEqual(["group"]);
  });
});

describe("Timeline statuses, warnings and clock", () => {
  it("keeps the latest of each status, and one id apart in each vertex", () => {
    const timeline = timelineOf(
      vertex("a", { started: 1n }),
      vertex("b", { started: 1n }),
      status("a", "x", { current: 1 }),
      status("b", "x", { current: 2 }),
      status("a", "x", { current: 3 }),
      status("nowhere", "x"),
    );
    expect(timeline.vertex("a")!.statuses.get("x")!.current).toBe(3);
    expect(timeline.vertex("b")!.statuses.get("x")!.current).toBe(2);
  });

  it("collects warnings, in their vertex too", () => {
    const warning = { vertex: "a", level: 1, short: "careful", detail: [], ranges: [] };
    const timeline = timelineOf(vertex("a", { started: 1n }), event({ warnings: [warning] }));
    expect(timeline.warnings).toEqual([warning]);
    expect(timeline.vertex("a")!.warnings).toEqual([warning]);
  });

  it("takes the first start to happen now, whatever the daemon's clock says", () => {
    const timeline = new Timeline();
    timeline.apply(vertex("a"), 500n);
    expect(timeline.elapsed(600n)).toBe(0n);
    timeline.apply(vertex("a", { started: 9_000n }), 1_000n);
    timeline.apply(vertex("b", { started: 9_100n }), 5_000n);
    expect(timeline.elapsed(1_250n)).toBe(250n);
    expect(timeline.vertex("a")!.duration(timeline.toEventClock(1_250n))).toBe(250n);
  });
});
