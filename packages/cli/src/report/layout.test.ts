import { describe, expect, it } from "vitest";
import type { ReportStep } from "./data.ts";
import { formatDuration, layoutWaterfall } from "./layout.ts";

type Part = Partial<Omit<ReportStep, "runs">>;
const step = (digest: string, start: number, stop: number, part: Part = {}): ReportStep => ({
  digest,
  name: `[stage 1/2] RUN ${digest}`,
  outcome: "ran",
  runs: [{ start, stop }],
  inputs: [],
  parts: [],
  log: [],
  dropped: 0,
  ...part,
});
const critical = (steps: ReportStep[]) =>
  layoutWaterfall(steps)
    .rows.filter((row) => row.critical)
    .map((row) => row.step.digest);

describe("the waterfall", () => {
  it("places every run on one axis", () => {
    const two = {
      ...step("b", 0, 0),
      runs: [
        { start: 1000, stop: 2000 },
        { start: 3000, stop: 4000 },
      ],
    };
    const { rows, span, counts } = layoutWaterfall([step("a", 0, 1000), two]);
    expect(span).toBe(4000);
    expect(rows[1]).toMatchObject({
      segments: [
        { left: 25, width: 25 },
        { left: 75, width: 25 },
      ],
      start: 1000,
      duration: 2000,
    });
    expect(counts).toEqual({ ran: 2, cached: 0, failed: 0, cancelled: 0 });
  });

  it.each([
    ["[linux/arm64 build 2/5] RUN x", "linux/arm64 build 2/5", "RUN x", "step"],
    ["[internal] load metadata", "internal", "load metadata", "internal"],
    ["[auth] library/x:pull", "auth", "library/x:pull", "internal"],
    ["exporting to image", "", "exporting to image", "other"],
    ["[a 1/1] RUN <<EOF\nx]\nEOF", "a 1/1", "RUN <<EOF\nx]\nEOF", "step"],
    ["", "", "", "other"],
  ])("takes %j apart", (name, tag, text, kind) => {
    const { rows, counts } = layoutWaterfall([step("a", 0, 1, { name })]);
    expect(rows[0]).toMatchObject({ tag, text, kind });
    expect(counts.ran).toBe(kind === "step" ? 1 : 0);
  });

  it.each<[number, string[]]>([
    [0, ["0ms", "0.2ms", "0.4ms", "0.6ms", "0.8ms"]],
    [3, ["0ms", "1ms", "2ms"]],
    [450, ["0s", "0.1s", "0.2s", "0.3s", "0.4s"]],
    [9_000, ["0s", "2s", "4s", "6s", "8s"]],
    [100_000, ["0s", "20s", "40s", "1m", "1m 20s"]],
    [700_000, ["0s", "5m", "10m"]],
    [7_200_000, ["0s", "30m", "1h", "1h 30m"]],
    [50_000_000, ["0s", "3h", "6h", "9h", "12h"]],
  ])("has few round ticks for %d ms", (stop, labels) => {
    const { ticks } = layoutWaterfall([step("a", 0, stop)]);
    expect(ticks.map(({ label }) => label)).toEqual(labels);
    expect(ticks.length).toBeLessThanOrEqual(6);
    for (const { left } of ticks) expect(left).toBeLessThan(100);
  });

  it("takes no steps, and steps that took no time", () => {
    expect(layoutWaterfall([])).toMatchObject({ rows: [], critical: 0 });
    const { rows } = layoutWaterfall([{ ...step("a", 0, 0), runs: [] }, step("b", 0, 0)]);
    for (const { segments } of rows) {
      for (const { left, width } of segments) expect([left, width].every(Number.isFinite)).toBe(true);
    }
  });
});

describe("the critical path", () => {
  it("goes back along the inputs that came last", () => {
    expect(
      critical([
        step("base", 0, 100),
        step("fast", 100, 200, { inputs: ["base"] }),
        step("slow", 100, 900, { inputs: ["base"] }),
        step("end", 900, 1000, { inputs: ["fast", "slow"] }),
      ]),
    ).toEqual(["base", "slow", "end"]);
  });

  it("leads through cached steps, which are done when they are looked at", () => {
    expect(
      critical([
        step("slow", 0, 900),
        step("cached", 905, 905, { outcome: "cached", inputs: ["slow"] }),
        step("other", 905, 905, { outcome: "cached" }),
        step("end", 910, 1000, { inputs: ["other", "cached"] }),
      ]),
    ).toEqual(["slow", "end"]);
  });

  it("goes back in time where inputs say nothing", () => {
    expect(
      critical([step("a", 0, 400), step("b", 0, 600), step("c", 0, 800), step("export", 700, 1000)]),
    ).toEqual(["b", "export"]);
    // Its input was there long before.
    expect(
      critical([
        step("input", 0, 100),
        step("load", 100, 700),
        step("end", 700, 1000, { inputs: ["input"] }),
      ]),
    ).toEqual(["input", "load", "end"]);
  });

  it("leads to the step that failed", () => {
    expect(
      critical([
        step("a", 0, 100),
        step("failed", 100, 500, { outcome: "failed", inputs: ["a"] }),
        step("stopped", 100, 600, { outcome: "cancelled", inputs: ["a"] }),
      ]),
    ).toEqual(["a", "failed"]);
  });

  it("ends, whatever the inputs are", () => {
    const loop = [step("a", 0, 1, { inputs: ["b", "a"] }), step("b", 0, 1, { inputs: ["a"] })];
    expect(critical(loop).length).toBeGreaterThan(0);
    const cached = loop.map((each) => ({ ...each, outcome: "cached" as const }));
    expect(critical([...cached, step("c", 1, 2, { inputs: ["a"] })])).toEqual(["c"]);
  });
});

describe("a duration", () => {
  it.each([
    [0, "0.00s"],
    [42, "0.04s"],
    [99, "0.1s"],
    [3_249, "3.2s"],
    [9_960, "10s"],
    [59_600, "1m 00s"],
    [125_000, "2m 05s"],
    [3_600_000, "1h 00m"],
    [90_061_000, "25h 01m"],
  ])("of %d ms", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
