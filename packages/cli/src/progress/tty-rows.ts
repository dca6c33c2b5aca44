import type { LogTail, Nanoseconds, Timeline, TimelineVertex, VertexStatus } from "@tsbx/core/progress";
import { formatAmount, toSeconds } from "./number-format.ts";
import type { Tone } from "./palette.ts";
import { terminalText } from "./terminal-text.ts";

/** One line of the list: a vertex, one of its statuses or one of its warnings. */
export interface Row {
  name: string;
  /** How far it got, such as `1.05MB / 3.64MB`; may be empty. */
  amount: string;
  seconds: number;
  /** Whether it still goes on. */
  open: boolean;
  tone: Tone;
  /** The output of a running step. */
  output?: LogTail;
}

const PREFIXES = {
  error: "ERROR ",
  canceled: "CANCELED ",
  cached: "CACHED ",
  done: "",
  running: "",
  waiting: "",
};
const TONES = {
  error: "error",
  canceled: "cancel",
  cached: "run",
  done: "run",
  running: "run",
  waiting: "run",
} as const;

/** The rows of all vertices, in order. `now` is on the daemon's clock. */
export function rowsOf(timeline: Timeline, now: Nanoseconds): Row[] {
  const rows: Row[] = [];
  for (const vertex of timeline.vertices) {
    const row = vertexRow(vertex, now);
    rows.push(row);
    for (const status of vertex.statuses.values()) {
      if (status.started !== undefined) rows.push(statusRow(status, status.started, now));
    }
    for (const { short } of vertex.warnings) {
      rows.push({
        ...row,
        name: terminalText(`WARN: ${short}`),
        open: false,
        tone: "warning",
        output: undefined,
      });
    }
  }
  return rows;
}

function vertexRow(vertex: TimelineVertex, now: Nanoseconds): Row {
  const { outcome, name, log } = vertex;
  const open = outcome === "running";
  return {
    name: PREFIXES[outcome] + terminalText(name.replaceAll("\t", " ")),
    amount: "",
    seconds: toSeconds(vertex.duration(now)),
    open,
    tone: TONES[outcome],
    ...(open && log.received > 0 ? { output: log } : {}),
  };
}

function statusRow(status: VertexStatus, started: Nanoseconds, now: Nanoseconds): Row {
  return {
    name: `=> ${terminalText(status.id)}`,
    amount: formatAmount(status),
    seconds: toSeconds((status.completed ?? now) - started),
    open: status.completed === undefined,
    tone: "run",
  };
}

/**
 * The rows that a screen of `limit` lines shows: the last ones, but those that still go on before the others.
 */
export function selectRows(rows: readonly Row[], limit: number): Row[] {
  const open = rows.filter((row) => row.open).length;
  let openRoom = Math.min(open, Math.max(limit, 0));
  let closedRoom = Math.max(limit, 0) - openRoom;
  const selected: Row[] = [];
  for (const row of rows.toReversed()) {
    if (row.open ? openRoom-- > 0 : closedRoom-- > 0) selected.unshift(row);
  }
  return selected;
}
