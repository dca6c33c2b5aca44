import type { ProgressEvent, Vertex } from "@tsbx/core/progress";
import { describe, expect, it } from "vitest";
import { readRecording } from "../progress/recording.test.support.ts";
import { ReportCollector } from "./collect.ts";

const SECOND = 1_000_000_000n;
const empty: ProgressEvent = { vertexes: [], statuses: [], logs: [], warnings: [] };
const vertex = (digest: string, part: Partial<Vertex> = {}): ProgressEvent => ({
  ...empty,
  vertexes: [{ digest, name: digest, inputs: [], cached: false, started: 0n, ...part }],
});
const log = (vertex: string, text: string, timestamp = 0n): ProgressEvent => ({
  ...empty,
  logs: [{ vertex, stream: 1, data: Buffer.from(text), timestamp }],
});

/** What is collected of events that come at once, at `now`. */
function collected(events: readonly ProgressEvent[], now = 20n * SECOND): ReportCollector {
  const collector = new ReportCollector(() => now);
  for (const event of events) collector.add(event);
  return collector;
}

describe("what a report collects", () => {
  it("is how each step ended, and when it ran", () => {
    const { steps } = collected([
      vertex("b", { started: 12n * SECOND, completed: 14n * SECOND, inputs: ["a"] }),
      vertex("a", { started: 10n * SECOND, completed: 10n * SECOND, cached: true }),
      vertex("b", { started: 15n * SECOND, completed: 16n * SECOND, inputs: ["a"] }),
      vertex("c", { started: 13n * SECOND, completed: 17n * SECOND, error: "exit code: 1" }),
      vertex("d", { started: 13n * SECOND, completed: 17n * SECOND, error: "x: context canceled" }),
      vertex("e", { started: 16n * SECOND }),
      vertex("never", { started: undefined }),
    ]);
    expect(steps.map(({ digest, outcome, runs, inputs }) => [digest, outcome, runs, inputs])).toEqual([
      ["a", "cached", [{ start: 0, stop: 0 }], []],
      [
        "b",
        "ran",
        [
          { start: 2000, stop: 4000 },
          { start: 5000, stop: 6000 },
        ],
        ["a"],
      ],
      ["c", "failed", [{ start: 3000, stop: 7000 }], []],
      ["d", "cancelled", [{ start: 3000, stop: 7000 }], []],
      ["e", "cancelled", [{ start: 6000, stop: 10_000 }], []],
    ]);
    expect(steps[2]!.error).toBe("exit code: 1");
  });

  it("is text without what moves a cursor or turns directions", () => {
    const { steps, warnings } = collected([
      { ...vertex("a", { name: "RUN \u001b[31mx\u202e\u0007\ny" }) },
      log("a", "10%\r20%\nred\u001b[0m\n\u001b]8;;http://x\u0007link\n"),
      {
        ...empty,
        warnings: [{ vertex: "a", level: 1, short: "s\u001b[2J", detail: ["d\u202e", "e"], ranges: [] }],
      },
    ]);
    expect(steps[0]!.name).toBe("RUN x\ny");
    expect(steps[0]!.log.map(({ text }) => text)).toEqual(["20%", "red", "link"]);
    expect(warnings).toMatchObject([{ title: "s", detail: "d\ne" }]);
  });

  it("is bounded: the end of each output, and those of failed steps before others", () => {
    const line = `${"x".repeat(999)}\n`;
    const events = Array.from({ length: 100 }, (_, index) => [
      vertex(`v${index}`, { completed: SECOND, ...(index === 99 && { error: "failed" }) }),
      log(`v${index}`, line.repeat(60)),
    ]).flat();
    const { steps } = collected([...events, vertex("many"), log("many", "y\n".repeat(5000))]);
    const kept = steps.flatMap((step) => step.log).reduce((sum, { text }) => sum + text.length, 0);
    expect(kept).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(steps.find(({ outcome }) => outcome === "failed")).toMatchObject({ dropped: 0 });
    const shown = steps
      .filter(({ digest }) => digest.startsWith("v"))
      .map(({ log, dropped }) => log.length + dropped);
    expect(new Set(shown)).toEqual(new Set([60]));
    expect(steps.some(({ log }) => log.length === 0)).toBe(true);
    const many = collected([vertex("many"), log("many", "y\n".repeat(5000))]).steps[0]!;
    expect([many.log.length, many.dropped]).toEqual([300, 4700]);
  });

  it.each(["ok", "cached", "fail", "warn", "long", "group", "par"])("takes a recorded build: %s", (name) => {
    const { steps, warnings } = collected(readRecording(name));
    expect(steps.length).toBeGreaterThan(2);
    for (const { runs } of steps) {
      for (const { start, stop } of runs) expect(stop).toBeGreaterThanOrEqual(start);
    }
    expect(steps[0]!.runs[0]!.start).toBe(0);
    expect(steps.some(({ outcome }) => outcome === "failed")).toBe(["fail", "group"].includes(name));
    expect(warnings.length > 0).toBe(name === "warn");
    for (const { excerpt } of warnings) expect(excerpt?.lines.some(({ marked }) => marked)).toBe(true);
  });
});
