import type { Nanoseconds, ProgressEvent, Vertex, VertexWarning } from "./events.ts";
import { TimelineGroup } from "./timeline-group.ts";
import { TimelineVertex } from "./timeline-vertex.ts";

export interface TimelineOptions {
  /** How many characters of each step's output are kept, the latest ones. 1 Mi when left out. */
  logLimit?: number;
}

/**
 * The state of a build as its progress events tell it. It does no input or output and reads no clock.
 *
 * Vertices of one progress group are one vertex here. Statuses, logs and warnings of a vertex that was
 * never announced are ignored.
 */
export class Timeline {
  /** Every warning, in order of arrival, repeated ones too. */
  readonly warnings: VertexWarning[] = [];
  readonly #logLimit: number;
  readonly #byDigest = new Map<string, TimelineVertex>();
  readonly #known = new Set<TimelineVertex>();
  readonly #shown = new Set<TimelineVertex>();
  #firstStart: Nanoseconds | undefined;
  #clockSkew = 0n;

  constructor(options: TimelineOptions = {}) {
    this.#logLimit = options.logLimit ?? 1024 * 1024;
  }

  /** What has started and isn't hidden, in order of its first start. */
  get vertices(): Iterable<TimelineVertex> {
    return this.#shown;
  }

  /** The vertex with this digest, or the group that it belongs to. */
  vertex(digest: string): TimelineVertex | undefined {
    return this.#byDigest.get(digest);
  }

  /** How many vertices are known, started or not, and how many of them are completed. */
  get counts(): { total: number; completed: number } {
    let total = 0;
    let completed = 0;
    for (const vertex of this.#known) {
      if (vertex.hidden) continue;
      total++;
      if (vertex.completed) completed++;
    }
    return { total, completed };
  }

  /** `now`, a time of the clock given to {@link apply}, on the clock of the events. */
  toEventClock(now: Nanoseconds): Nanoseconds {
    return now - this.#clockSkew;
  }

  /** Time since the first vertex started; 0 before. */
  elapsed(now: Nanoseconds): Nanoseconds {
    return this.#firstStart === undefined ? 0n : this.toEventClock(now) - this.#firstStart;
  }

  /**
   * Takes in an event. `now` may come from any clock, with any origin: the first start that is seen is
   * taken to happen now, so the clock of the events need not agree with it.
   *
   * Returns the vertices that changed, each with the number of changes.
   */
  apply(event: ProgressEvent, now: Nanoseconds): Map<TimelineVertex, number> {
    const changes = new Map<TimelineVertex, number>();
    const count = (vertex: TimelineVertex) => changes.set(vertex, (changes.get(vertex) ?? 0) + 1);

    for (const snapshot of event.vertexes) {
      this.#noteStart(snapshot.started, now);
      const vertex = this.#target(snapshot);
      const changed = vertex.observe(snapshot);
      if (vertex.started && !vertex.hidden) this.#shown.add(vertex);
      if (changed) count(vertex);
    }
    for (const status of event.statuses) {
      const vertex = this.#byDigest.get(status.vertex);
      if (vertex === undefined) continue;
      vertex.statuses.set(status.id, status);
      count(vertex);
    }
    for (const warning of event.warnings) {
      this.warnings.push(warning);
      this.#byDigest.get(warning.vertex)?.warnings.push(warning);
    }
    for (const log of event.logs) {
      const vertex = this.#byDigest.get(log.vertex);
      if (vertex === undefined) continue;
      vertex.log.append(log.data, vertex.elapsedAt(log.timestamp));
      count(vertex);
    }
    return changes;
  }

  #noteStart(started: Nanoseconds | undefined, now: Nanoseconds): void {
    if (this.#firstStart !== undefined || started === undefined) return;
    this.#firstStart = started;
    this.#clockSkew = now - started;
  }

  #target({ digest, name, progressGroup: group }: Vertex): TimelineVertex {
    let target = this.#byDigest.get(group?.id ?? digest);
    if (target === undefined) {
      target =
        group === undefined
          ? new TimelineVertex(digest, name, this.#logLimit)
          : new TimelineGroup(group.id, group.name, this.#logLimit);
      this.#known.add(target);
      this.#byDigest.set(target.digest, target);
    }
    this.#byDigest.set(digest, target);
    return target;
  }
}
