import type { ReportStep } from "./data.ts";

/** A step with its place in the waterfall; `left` and `width` are percent of the whole time. */
export interface Row {
  step: ReportStep;
  /** What stands in brackets before a step's name, such as `build 2/5`. */
  tag: string;
  text: string;
  kind: "step" | "internal" | "other";
  segments: readonly { left: number; width: number }[];
  start: number;
  /** How long it ran, in milliseconds. */
  duration: number;
  /** Whether it is on the chain of steps that the build's end waited for. */
  critical: boolean;
}

export interface Tick {
  left: number;
  label: string;
}

export interface Waterfall {
  rows: readonly Row[];
  ticks: readonly Tick[];
  /** From the first start to the last end, in milliseconds. */
  span: number;
  /** How the steps of the Dockerfile ended. */
  counts: Readonly<Record<ReportStep["outcome"], number>>;
  /** How long those on the critical path ran together, in milliseconds. */
  critical: number;
}

/** Places steps, which come in order of their start, on one axis. */
export function layoutWaterfall(steps: readonly ReportStep[]): Waterfall {
  const span = Math.max(1, ...steps.map(endOf));
  const path = criticalPath(steps, span);
  const rows = steps.map((step): Row => {
    const [, tag = "", text = step.name] = /^\[([^\]]*)\] (.*)$/s.exec(step.name) ?? [];
    return {
      step,
      tag,
      text,
      kind: tag === "internal" || tag === "auth" ? "internal" : tag === "" ? "other" : "step",
      segments: step.runs.map(({ start, stop }) => ({
        left: (100 * start) / span,
        width: (100 * (stop - start)) / span,
      })),
      start: step.runs[0]?.start ?? 0,
      duration: durationOf(step),
      critical: path.has(step),
    };
  });
  const counts = { ran: 0, cached: 0, failed: 0, cancelled: 0 };
  for (const { kind, step } of rows) if (kind === "step") counts[step.outcome]++;
  const critical = [...path].reduce((sum, step) => sum + durationOf(step), 0);
  return { rows, ticks: ticksOf(span), span, counts, critical };
}

/** A step that starts so much of the whole after its inputs were there has waited for something else. */
const UNEXPLAINED = 0.03;

/**
 * The chain of steps that the build's end waited for: from the step that failed, or ended last, back to the input
 * that it got last, and so on. Where that is not known, or long ago, it is what ended last before the step's start.
 * Cached steps take no time and are not on it.
 */
function criticalPath(steps: readonly ReportStep[], span: number): Set<ReportStep> {
  const byDigest = new Map(steps.map((step) => [step.digest, step]));
  const seen = new Set<ReportStep>();
  let current = steps.find(({ outcome }) => outcome === "failed") ?? latest(steps);
  while (current) {
    seen.add(current);
    const start = current.runs.at(-1)?.start ?? 0;
    const input = latest([...inputsThatRan(current, byDigest)].filter((step) => !seen.has(step)));
    const explains = input && start - endOf(input) <= UNEXPLAINED * span;
    const before = steps.filter((step) => endOf(step) <= start && !seen.has(step));
    current = explains ? input : (latest(before) ?? input);
  }
  return new Set([...seen].filter(({ outcome }) => outcome !== "cached"));
}

/** The inputs of a step, with those of cached ones in their place. */
function inputsThatRan(
  step: ReportStep,
  byDigest: ReadonlyMap<string, ReportStep>,
  visited = new Set<ReportStep>(),
): Set<ReportStep> {
  const ran = new Set<ReportStep>();
  for (const input of step.inputs.flatMap((digest) => byDigest.get(digest) ?? [])) {
    if (visited.has(input)) continue;
    visited.add(input);
    if (input.outcome !== "cached") ran.add(input);
    else for (const further of inputsThatRan(input, byDigest, visited)) ran.add(further);
  }
  return ran;
}

function latest(steps: readonly ReportStep[]): ReportStep | undefined {
  return steps.reduce<ReportStep | undefined>(
    (last, step) => (last === undefined || endOf(step) > endOf(last) ? step : last),
    undefined,
  );
}

function endOf({ runs }: ReportStep): number {
  return runs.at(-1)?.stop ?? 0;
}

function durationOf({ runs }: ReportStep): number {
  return runs.reduce((sum, { start, stop }) => sum + stop - start, 0);
}

/** Round times at even distances, three to six of them. */
function ticksOf(span: number): Tick[] {
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const units =
    rough >= 60_000
      ? [60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000]
      : [1, 2, 5, 10].map((n) => n * power);
  const step = units.find((unit) => unit >= rough) ?? Math.ceil(rough / 3_600_000) * 3_600_000;
  const ticks: Tick[] = [];
  for (let index = 0; index * step < span; index++) {
    const at = index * step;
    ticks.push({ left: (100 * at) / span, label: step < 10 ? `${+at.toFixed(3)}ms` : tickLabel(at) });
  }
  return ticks;
}

function tickLabel(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  return formatDuration(milliseconds)
    .replace(/ 00[sm]$/, "")
    .replace(/\.0+s$/, "s");
}

/** `0.04s`, `3.2s`, `41s`, `2m 05s`, `1h 02m`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 0.095) return `${seconds.toFixed(2)}s`;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(whole / 3600)}h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")}m`;
}
