import {
  type Nanoseconds,
  type ProgressEvent,
  Timeline,
  type TimelineVertex,
  wallClock,
} from "@tsbx/core/progress";
import { formatAmount } from "../progress/number-format.ts";
import { terminalText } from "../progress/terminal-text.ts";
import { distinctWarnings } from "../progress/warnings-block.ts";
import type { ReportLine, ReportPart, ReportStep, ReportWarning, StepOutcome } from "./data.ts";
import { excerptOf } from "./excerpt.ts";

/** Of each step's output so many characters are kept, the latest ones, and so many lines shown. */
const LOG_CHARACTERS = 64 * 1024;
const LOG_LINES = 300;
/** Of the output of all steps together. */
const ALL_CHARACTERS = 4 * 1024 * 1024;

/** Gathers what a report shows of a build's progress, while it goes on. */
export class ReportCollector {
  readonly #timeline = new Timeline({ logLimit: LOG_CHARACTERS });
  readonly #inputs = new Map<string, readonly string[]>();
  readonly #now: () => Nanoseconds;

  /** @param now this machine's clock, in nanoseconds since the Unix epoch */
  constructor(now: () => Nanoseconds = wallClock) {
    this.#now = now;
  }

  add(event: ProgressEvent): void {
    this.#timeline.apply(event, this.#now());
    for (const { digest, inputs } of event.vertexes) {
      if (inputs.length > 0) this.#inputs.set(digest, inputs);
    }
  }

  get warnings(): ReportWarning[] {
    return distinctWarnings(this.#timeline.warnings).map(({ short, detail, url, source, ranges }) => ({
      title: clean(short),
      detail: detail.map(clean).join("\n"),
      url,
      excerpt: source && excerptOf(source, ranges),
    }));
  }

  /** All steps that started, in the order in which they did. */
  get steps(): ReportStep[] {
    const vertices = [...this.#timeline.vertices];
    const end = this.#now();
    const spans = vertices.map((vertex) => ({ vertex, runs: runsOf(vertex, end) }));
    const first = spans.reduce<Nanoseconds | undefined>((least, { runs: [run] }) => {
      return run && (least === undefined || run.start < least) ? run.start : least;
    }, undefined);
    const since = (time: Nanoseconds) => milliseconds(time - (first ?? 0n));
    const logs = logsWithin(vertices, ALL_CHARACTERS);
    return spans
      .map(({ vertex, runs }) => ({
        digest: vertex.digest,
        name: clean(vertex.name),
        outcome: outcomeOf(vertex),
        runs: runs.map(({ start, stop }) => ({ start: since(start), stop: since(stop) })),
        inputs: this.#inputs.get(vertex.digest) ?? [],
        parts: partsOf(vertex),
        ...logs.get(vertex)!,
        error: vertex.error === undefined ? undefined : clean(vertex.error),
      }))
      .sort((a, b) => a.runs[0]!.start - b.runs[0]!.start);
  }
}

/** When a vertex ran; what did not end did so at the end. */
function runsOf(
  { intervals }: TimelineVertex,
  end: Nanoseconds,
): { start: Nanoseconds; stop: Nanoseconds }[] {
  return intervals.map(({ start, stop = end }) => {
    // It may have begun after this side's clock says it ended.
    if (stop < start) return { start, stop: start };
    return { start, stop };
  });
}

function outcomeOf({ outcome }: TimelineVertex): StepOutcome {
  if (outcome === "error") return "failed";
  if (outcome === "done") return "ran";
  // What was still running when the build ended was not let finish.
  return outcome === "cached" ? "cached" : "cancelled";
}

function partsOf({ statuses }: TimelineVertex): ReportPart[] {
  return [...statuses.values()].map((status) => ({
    name: clean(status.id),
    amount: formatAmount(status),
    duration:
      status.started === undefined || status.completed === undefined
        ? undefined
        : milliseconds(status.completed - status.started),
  }));
}

/** The output of the steps, those that failed first, until it is too much. */
function logsWithin(
  vertices: readonly TimelineVertex[],
  limit: number,
): Map<TimelineVertex, { log: ReportLine[]; dropped: number }> {
  let left = limit;
  const ordered = [...vertices].sort((a, b) => Number(b.outcome === "error") - Number(a.outcome === "error"));
  return new Map(
    ordered.map((vertex) => {
      const { lines, dropped } = vertex.log;
      let shown = lines.length;
      for (let count = 0; count < LOG_LINES && shown > 0; count++) {
        const { length } = lines[shown - 1]!.text;
        if (length > left) break;
        left -= length;
        shown--;
      }
      const log = lines
        .slice(shown)
        .map(({ elapsed, text }) => ({ at: milliseconds(elapsed), text: clean(text) }));
      return [vertex, { log, dropped: dropped + shown }];
    }),
  );
}

/** Foreign text without what moves a cursor or turns the direction of what is around it. */
function clean(text: string): string {
  return text
    .split("\n")
    .map((line) => terminalText(line))
    .join("\n");
}

function milliseconds(time: Nanoseconds): number {
  return Number(time) / 1e6;
}
