import type { Nanoseconds, Vertex, VertexStatus, VertexWarning } from "./events.ts";
import { type Interval, mergeIntervals, totalDuration } from "./interval.ts";
import { LogTail } from "./log-tail.ts";

export type Outcome = "waiting" | "running" | "done" | "cached" | "canceled" | "error";

/** What is known of one step, or of one progress group shown as a single step. */
export class TimelineVertex {
  /** The vertex's digest, or the group's id. */
  readonly digest: string;
  name: string;
  cached = false;
  error: string | undefined;
  /** True for a group of which nothing worth showing has started. */
  hidden = false;
  /** When it ran: merged, in order. */
  intervals: readonly Interval[] = [];
  /** By id, in order of first appearance. */
  readonly statuses = new Map<string, VertexStatus>();
  readonly warnings: VertexWarning[] = [];
  readonly log: LogTail;
  readonly #runs = new Map<string, Interval>();

  constructor(digest: string, name: string, logLimit: number) {
    this.digest = digest;
    this.name = name;
    this.log = new LogTail(logLimit);
  }

  get started(): boolean {
    return this.intervals.length > 0;
  }

  /** When its latest run stopped, if it has. */
  get completedAt(): Nanoseconds | undefined {
    return this.intervals.at(-1)?.stop;
  }

  get completed(): boolean {
    return this.completedAt !== undefined;
  }

  get outcome(): Outcome {
    if (!this.completed) return this.started ? "running" : "waiting";
    if (this.error !== undefined) return this.error.endsWith("context canceled") ? "canceled" : "error";
    return this.cached ? "cached" : "done";
  }

  /** Time that it ran, over all its runs. `now` is on the clock of the events. */
  duration(now: Nanoseconds): Nanoseconds {
    return totalDuration(this.intervals, now);
  }

  /** Time from the start of its latest run to `timestamp`; 0 before it has started. */
  elapsedAt(timestamp: Nanoseconds): Nanoseconds {
    const run = this.intervals.at(-1);
    return run === undefined ? 0n : timestamp - run.start;
  }

  /** Takes in a snapshot of the vertex. Returns whether there is anything new to show. */
  observe(vertex: Vertex): boolean {
    // The daemon may announce a vertex again after it ran; that must not undo what is known.
    if (vertex.started === undefined && this.started) return false;
    const renamed = this.name !== vertex.name;
    this.name = vertex.name;
    const changed = this.setResult(vertex.cached, vertex.error || undefined);
    return (this.recordRun(vertex) || changed || renamed) && this.started;
  }

  protected setResult(cached: boolean, error: string | undefined): boolean {
    const changed = this.cached !== cached || this.error !== error;
    this.cached = cached;
    this.error = error;
    return changed;
  }

  // A run is known by its start: the same start again updates it, another one is another run.
  protected recordRun({ digest, started, completed }: Vertex): boolean {
    if (started === undefined) return false;
    const key = `${digest}@${started}`;
    const known = this.#runs.get(key);
    if (known !== undefined && known.stop === completed) return false;
    this.#runs.set(key, { start: started, stop: completed });
    this.intervals = mergeIntervals(this.#runs.values());
    return true;
  }
}
