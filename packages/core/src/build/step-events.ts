import type { PartProgress } from "../driver/step-progress.ts";
import type { Nanoseconds, ProgressEvent, VertexStatus } from "../progress/events.ts";
import { wallClock } from "../progress/own-clock.ts";

/**
 * What this side does for a build, as one vertex of its progress. The vertex appears with the first step:
 * where there was nothing to do, there is nothing to show.
 */
export class StepEvents {
  readonly #digest: string;
  readonly #name: string;
  readonly #queue: ProgressEvent[] = [];
  #started: Nanoseconds | undefined;
  #step: Step | undefined;
  #parts = new Map<string, Step>();
  #ended = false;
  #wake: (() => void) | undefined;

  /** @param id tells this vertex from others of the build. */
  constructor(id: string, name: string) {
    this.#digest = `tsbx:${id}`;
    this.#name = name;
  }

  readonly onStep = (text: string, part?: PartProgress): void => {
    if (this.#ended) return;
    this.#started ??= wallClock();
    if (part) {
      const known = this.#parts.get(text) ?? { id: text, started: wallClock() };
      this.#parts.set(text, known);
      this.#push({}, [this.#status(known, part.done ?? false, part)]);
      return;
    }
    const previous = this.#step;
    this.#step = { id: text, started: wallClock() };
    this.#push({}, [...(previous ? [this.#status(previous, true)] : []), this.#status(this.#step, false)]);
  };

  /** Ends the vertex; also ends the events. */
  end(error?: unknown): void {
    if (this.#ended) return;
    const message =
      error === undefined ? {} : { error: error instanceof Error ? error.message : String(error) };
    const statuses = this.#step ? [this.#status(this.#step, true)] : [];
    if (this.#started !== undefined) this.#push({ completed: wallClock(), ...message }, statuses);
    this.#ended = true;
    this.#wake?.();
  }

  async *events(): AsyncGenerator<ProgressEvent, void, void> {
    for (;;) {
      while (this.#queue.length > 0) yield this.#queue.shift()!;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #push(end: { completed?: Nanoseconds; error?: string }, statuses: VertexStatus[]): void {
    const started = this.#started === undefined ? {} : { started: this.#started };
    this.#queue.push({
      vertexes: [{ digest: this.#digest, inputs: [], name: this.#name, cached: false, ...started, ...end }],
      statuses,
      logs: [],
      warnings: [],
    });
    this.#wake?.();
  }

  #status(step: Step, done: boolean, { current = 0, total = 0 }: PartProgress = {}): VertexStatus {
    return {
      id: step.id,
      vertex: this.#digest,
      name: "",
      current,
      total,
      timestamp: wallClock(),
      started: step.started,
      ...(done && { completed: wallClock() }),
    };
  }
}

interface Step {
  id: string;
  started: Nanoseconds;
}
