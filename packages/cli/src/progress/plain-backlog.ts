import type { Nanoseconds, ProgressEvent, Timeline, TimelineVertex, VertexStatus } from "@tsbx/core/progress";

/** A piece of a step's output that isn't printed yet. */
export interface PendingLog {
  data: Uint8Array;
  elapsed: Nanoseconds;
}

/** What one vertex still has to print, and what its printed part must be remembered of. */
export class Backlog {
  readonly vertex: TimelineVertex;
  /** The `#N` before its lines; 0 before it was first printed. */
  index = 0;
  /** Whether anything is new since it was last printed. */
  pending = false;
  /** True once its last line is printed, until something new comes. */
  concluded = false;
  /** Ids of the statuses that changed. */
  readonly statuses = new Set<string>();
  readonly printedStatuses = new Map<string, VertexStatus>();
  printedWarnings = 0;
  logs: PendingLog[] = [];
  logBytes = 0;
  /** How many changes came while it wasn't in the foreground, and since when. */
  changes = 0;
  waitingSince: Nanoseconds | undefined;

  constructor(vertex: TimelineVertex) {
    this.vertex = vertex;
  }

  /** Whether there may be lines to print besides its end. */
  get hasLines(): boolean {
    return (
      this.logs.length > 0 || this.statuses.size > 0 || this.vertex.warnings.length > this.printedWarnings
    );
  }

  /** Its changes count anew from the next one. */
  rest(): void {
    this.changes = 0;
  }

  note(changes: number, now: Nanoseconds): void {
    if (this.changes === 0) this.waitingSince = now;
    this.changes += changes;
    this.pending = true;
    this.concluded = false;
  }
}

/** The backlogs of all vertices. */
export class Backlogs {
  readonly #all = new Map<TimelineVertex, Backlog>();

  get all(): Iterable<Backlog> {
    return this.#all.values();
  }

  of(vertex: TimelineVertex): Backlog {
    let backlog = this.#all.get(vertex);
    if (backlog === undefined) {
      backlog = new Backlog(vertex);
      this.#all.set(vertex, backlog);
    }
    return backlog;
  }

  /** Files an event that `timeline` has taken in, with the changes that it returned. */
  add(
    event: ProgressEvent,
    changes: Map<TimelineVertex, number>,
    timeline: Timeline,
    now: Nanoseconds,
  ): void {
    for (const [vertex, count] of changes) this.of(vertex).note(count, now);
    for (const status of event.statuses) {
      const vertex = timeline.vertex(status.vertex);
      if (vertex !== undefined) this.of(vertex).statuses.add(status.id);
    }
    for (const { vertex: digest, data, timestamp } of event.logs) {
      const vertex = timeline.vertex(digest);
      if (vertex === undefined) continue;
      const backlog = this.of(vertex);
      backlog.logs.push({ data, elapsed: vertex.elapsedAt(timestamp) });
      backlog.logBytes += data.length;
    }
  }
}
