import type { LogTail, Nanoseconds, Timeline } from "@tsbx/core/progress";
import { cutToWidth, displayWidth, isAscii, padToWidth } from "./display-width.ts";
import { formatDecimal, toSeconds } from "./number-format.ts";
import { colorize, type Palette } from "./palette.ts";
import { atColumn } from "./screen.ts";
import { terminalText } from "./terminal-text.ts";
import { type Row, rowsOf, selectRows } from "./tty-rows.ts";

export interface FrameOptions {
  /** Size of the terminal. */
  width: number;
  height: number;
  /** The clock that the timeline's events were applied with. */
  now: Nanoseconds;
  /** The last frame: all rows, however many. */
  final: boolean;
  phase: string;
  /** Right-aligned in the headline. */
  description?: string;
  palette: Palette;
  /** How many lines of a running step's output are shown. */
  windowHeight: number;
}

const PREFIX = " => ";
/** Space in a row for anything but its name: two spaces before the time, and the last column. */
const ROW_PADDING = PREFIX.length + 3;
const SMALLEST_NAME = 12;
const SMALLEST_WINDOW = 6;
const FAINT = "2";
/** How much of a line's end is looked at for what a carriage return left of it. */
const LINE_END = 4096;

/** The lines of a terminal's picture of the build; none is as wide as the terminal. */
export function layoutFrame(timeline: Timeline, options: FrameOptions): string[] {
  const { width, height, final, palette } = options;
  const rows = rowsOf(timeline, timeline.toEventClock(options.now));
  const windows = final ? new Map<Row, string[]>() : chooseWindows(rows, options);
  const windowLines = [...windows.values()].reduce((sum, lines) => sum + lines.length, 0);
  const shown = final ? rows : selectRows(rows, height - 2 - windowLines);

  const lines = [layoutHeader(timeline, options)];
  for (const row of shown) {
    const line = layoutRow(row, width);
    lines.push(row.open ? line : colorize(line, palette[row.tone]));
    for (const output of windows.get(row) ?? []) lines.push(colorize(output, FAINT));
  }
  return lines;
}

function layoutHeader(timeline: Timeline, { width, now, final, phase, description }: FrameOptions): string {
  const { total, completed } = timeline.counts;
  const seconds = formatDecimal(toSeconds(timeline.elapsed(now)), 1);
  const finished = final && completed > 0 && completed === total;
  const left = `[+] ${phase} ${seconds}s (${completed}/${total})${finished ? " FINISHED" : ""}`;
  if (description === undefined) return cutToWidth(left, width - 1);
  const room = width - 2 - displayWidth(description);
  // A part of it would tell nothing.
  if (displayWidth(left) > room) return cutToWidth(left, width - 1);
  return `${padToWidth(left, room)} ${description}`;
}

function layoutRow(row: Row, width: number): string {
  const time = `${formatDecimal(row.seconds < 0.05 ? 0 : row.seconds, 1)}s`;
  const room = width - ROW_PADDING - time.length;
  if (room < SMALLEST_NAME) return cutToWidth(PREFIX + row.name, width - 1);
  const amount = row.amount === "" || room - row.amount.length - 1 < SMALLEST_NAME ? "" : ` ${row.amount}`;
  const name = cutToWidth(row.name, room - amount.length);
  if (isAscii(name)) return `${PREFIX}${(name + amount).padEnd(room)}  ${time}`;
  return `${PREFIX}${name}${amount}${atColumn(width - time.length, time)}`;
}

/** The lines of output under those running steps that the screen has space for, busiest first. */
function chooseWindows(
  rows: readonly Row[],
  { width, height, windowHeight }: FrameOptions,
): Map<Row, string[]> {
  const lineCount = Math.max(SMALLEST_WINDOW, Math.min(windowHeight, height - SMALLEST_WINDOW - 1));
  const candidates = rows.filter((row) => row.output !== undefined);
  candidates.sort((a, b) => b.output!.received - a.output!.received);
  const windows = new Map<Row, string[]>();
  let free = height - 2 - rows.filter((row) => row.open).length;
  for (const row of candidates) {
    if (free <= lineCount + 3) break;
    windows.set(row, layoutWindow(row.output!, lineCount, width));
    free -= lineCount + 3;
  }
  return windows;
}

function layoutWindow(output: LogTail, lineCount: number, width: number): string[] {
  const lines: string[] = [];
  for (const { text } of output.lines.slice(-2 * lineCount)) {
    const line = cutToWidth(terminalText(text.slice(-LINE_END)), width - 10);
    if (line.trim() !== "") lines.push(`${PREFIX}=> # ${line}`);
  }
  return lines.slice(-lineCount).map((line) => cutToWidth(line, width - 1));
}
