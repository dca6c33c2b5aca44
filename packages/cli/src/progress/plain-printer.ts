import type { Nanoseconds, VertexStatus } from "@tsbx/core/progress";
import { formatAmount, formatDecimal, toSeconds } from "./number-format.ts";
import type { Backlog } from "./plain-backlog.ts";
import { LogLineWriter } from "./plain-log-lines.ts";
import type { StepFrame } from "./step-frame.ts";

const STATUS_STEP = 0.05;
const STATUS_PAUSE_SECONDS = 5;
const SHORT_NAME = 72;

interface PrinterOptions {
  write: (chunk: string | Uint8Array) => void;
  /** Printed before everything else, as `#0`. */
  description: string | undefined;
  /** Cuts the names of vertices. */
  shortNames: boolean;
  frame: StepFrame;
}

/** Prints what vertices have new, as lines under the header of the vertex that is in the foreground. */
export class PlainPrinter {
  /** The vertex in the foreground: the one printed last, unless its last line is printed. */
  current: Backlog | undefined;
  readonly #options: PrinterOptions;
  readonly #lines = new Map<Backlog, LogLineWriter>();
  #printed = 0;
  #begun = false;

  constructor(options: PrinterOptions) {
    this.#options = options;
  }

  /**
   * Prints all that is new of `backlog`, bringing it to the foreground. A completed vertex with a status
   * that is still open isn't finished: its last line comes later, or with `final`.
   */
  print(backlog: Backlog, now: Nanoseconds, final = false): void {
    if (backlog.index === 0) backlog.index = ++this.#printed;
    const log = this.#logOf(backlog);
    if (backlog !== this.current) this.#bringForward(backlog, log);

    const open = this.#printStatuses(backlog, log);
    this.#printWarnings(backlog, log);
    if (backlog.logs.length > 0 || log.unended) this.#options.write(this.#options.frame.output());
    log.print(backlog.logs);
    backlog.logs = [];
    backlog.logBytes = 0;
    backlog.pending = false;

    this.current = backlog;
    if (backlog.vertex.completed && (final || !open)) this.#conclude(backlog, log, now);
  }

  /** Ends what is around the step in the foreground. */
  end(): void {
    const { frame, write } = this.#options;
    const end = frame.close();
    if (this.current === undefined || end === "") return;
    this.#logOf(this.current).breakLine();
    write(end);
  }

  #logOf(backlog: Backlog): LogLineWriter {
    let log = this.#lines.get(backlog);
    if (log === undefined) {
      log = new LogLineWriter(backlog.index, this.#options.write);
      this.#lines.set(backlog, log);
    }
    return log;
  }

  #bringForward(backlog: Backlog, log: LogLineWriter): void {
    const { write, description, shortNames, frame } = this.#options;
    const { index, vertex } = backlog;
    if (this.current !== undefined) {
      this.#logOf(this.current).breakLine();
      this.current.rest();
      write(`#${this.current.index} ...\n`);
      write(frame.close());
    }
    if (this.#begun) write(frame.separator);
    else if (description !== undefined) write(`#0 ${description}\n${frame.separator}`);
    this.#begun = true;
    const short = shortNames && vertex.name.length > SHORT_NAME;
    const title = `#${index} ${short ? `${vertex.name.slice(0, SHORT_NAME)}...` : vertex.name}`;
    const isMore = !vertex.completed || backlog.hasLines || log.unended;
    write(isMore ? frame.open(title) : `${frame.clean(title)}\n`);
  }

  /** Returns whether one of those that it printed is still open. */
  #printStatuses(backlog: Backlog, log: LogLineWriter): boolean {
    let open = false;
    for (const status of backlog.vertex.statuses.values()) {
      if (status.started === undefined || !backlog.statuses.has(status.id)) continue;
      const last = backlog.printedStatuses.get(status.id);
      if (last !== undefined && !isWorthRepeating(status, last)) continue;
      backlog.printedStatuses.set(status.id, status);
      open ||= status.completed === undefined;
      log.breakLine();
      this.#write(backlog, formatStatus(status, status.started));
    }
    backlog.statuses.clear();
    return open;
  }

  #printWarnings(backlog: Backlog, log: LogLineWriter): void {
    for (const warning of backlog.vertex.warnings.slice(backlog.printedWarnings)) {
      log.breakLine();
      this.#write(backlog, `WARN: ${warning.short}`);
      backlog.printedWarnings++;
    }
  }

  #conclude(backlog: Backlog, log: LogLineWriter, now: Nanoseconds): void {
    const { write, frame } = this.#options;
    log.endLine();
    write(frame.close());
    this.#write(backlog, formatOutcome(backlog.vertex, now));
    this.current = undefined;
    backlog.concluded = true;
    backlog.rest();
  }

  #write({ index }: Backlog, text: string): void {
    const { write, frame } = this.#options;
    write(`${frame.clean(`#${index} ${text}`)}\n`);
  }
}

function isWorthRepeating(status: VertexStatus, last: VertexStatus): boolean {
  if (status.completed !== undefined) return true;
  const progress = status.total > 0 ? (status.current - last.current) / status.total : 0;
  return progress >= STATUS_STEP || toSeconds(status.timestamp - last.timestamp) >= STATUS_PAUSE_SECONDS;
}

function formatStatus(status: VertexStatus, started: Nanoseconds): string {
  const amount = formatAmount(status);
  const seconds = toSeconds((status.completed ?? status.timestamp) - started);
  let text = status.id;
  if (amount !== "") text += ` ${amount}`;
  if (seconds > 0.01) text += ` ${formatDecimal(seconds, 1)}s`;
  if (status.completed !== undefined) text += " done";
  return text;
}

function formatOutcome(vertex: Backlog["vertex"], now: Nanoseconds): string {
  switch (vertex.outcome) {
    case "error":
      return `ERROR: ${vertex.error}`;
    case "canceled":
      return "CANCELED";
    case "cached":
      return "CACHED";
    default:
      return `DONE ${formatDecimal(toSeconds(vertex.duration(now)), 1)}s`;
  }
}
