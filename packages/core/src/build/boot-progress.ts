import type { Nanoseconds, ProgressEvent, VertexStatus } from "../progress/events.ts";

const DIGEST = "tsbx:boot";
const NAME = "[internal] booting buildkit";

/**
 * The boot of a node as one step of the build's progress. The step appears with the boot's first line: a
 * node that is up has nothing to show.
 */
export class BootProgressEvents {
  readonly #queue: ProgressEvent[] = [];
  #started: Nanoseconds | undefined;
  #step: { id: string; started: Nanoseconds } | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  readonly onStep = (text: string): void => {
    this.#started ??= now();
    const previous = this.#step;
    this.#step = { id: text, started: now() };
    this.#push({}, [...(previous ? [status(previous, true)] : []), status(this.#step, false)]);
  };

  /** Ends the step; also ends the events. */
  end(error?: unknown): void {
    if (this.#ended) return;
    const message =
      error === undefined ? {} : { error: error instanceof Error ? error.message : String(error) };
    if (this.#step) this.#push({ completed: now(), ...message }, [status(this.#step, true)]);
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
      vertexes: [{ digest: DIGEST, inputs: [], name: NAME, cached: false, ...started, ...end }],
      statuses,
      logs: [],
      warnings: [],
    });
    this.#wake?.();
  }
}

function status(step: { id: string; started: Nanoseconds }, done: boolean): VertexStatus {
  return {
    id: step.id,
    vertex: DIGEST,
    name: "",
    current: 0,
    total: 0,
    timestamp: now(),
    started: step.started,
    ...(done && { completed: now() }),
  };
}

function now(): Nanoseconds {
  return BigInt(Date.now()) * 1_000_000n;
}
