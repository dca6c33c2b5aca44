import type { ProgressEvent } from "../progress/events.ts";

/** An event that waits to be read, and what lets its source go on. */
interface Waiting {
  event: ProgressEvent;
  taken: () => void;
}

/**
 * Several sources of progress as one, each no faster than the whole is read. Sources may be added as the build
 * goes on; none is started before somebody reads.
 */
export class ProgressMerge {
  readonly #unstarted: AsyncIterable<ProgressEvent>[] = [];
  readonly #waiting: Waiting[] = [];
  #reading = false;
  readonly #abandoned = new AbortController();
  #running = 0;
  #ended = false;
  #failure: { error: unknown } | undefined;
  #wake: () => void = () => {};

  /** Aborts when the reader wants no more, so that sources which wait for something can end. */
  get abandoned(): AbortSignal {
    return this.#abandoned.signal;
  }

  add(source: AsyncIterable<ProgressEvent>): void {
    if (this.#reading) this.#start(source);
    else this.#unstarted.push(source);
  }

  /** No source is added any more: the events end with the last of them. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** All events. May be read once. */
  async *events(): AsyncGenerator<ProgressEvent, void, void> {
    this.#reading = true;
    for (const source of this.#unstarted.splice(0)) this.#start(source);
    try {
      for (;;) {
        for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
          try {
            yield next.event;
          } finally {
            next.taken();
          }
        }
        if (this.#failure) throw this.#failure.error;
        if (this.#ended && this.#running === 0) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#abandoned.abort();
      for (const { taken } of this.#waiting.splice(0)) taken();
    }
  }

  async #start(source: AsyncIterable<ProgressEvent>): Promise<void> {
    this.#running++;
    try {
      for await (const event of source) {
        if (this.abandoned.aborted) break;
        await new Promise<void>((taken) => {
          this.#waiting.push({ event, taken });
          this.#wake();
        });
        if (this.abandoned.aborted) break;
      }
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#running--;
      this.#wake();
    }
  }
}
