import type { Nanoseconds } from "@tsbx/core/progress";

interface PaceOptions {
  env: Readonly<Record<string, string | undefined>>;
  now: () => Nanoseconds;
  refresh: () => void;
}

/**
 * When to draw again: at an event, though at most every 100 ms, and after 150 ms without one. An integer
 * above 0 in `TTY_DISPLAY_RATE` replaces both, in milliseconds. It keeps no process alive.
 */
export class RefreshPace {
  readonly #now: () => Nanoseconds;
  readonly #refresh: () => void;
  readonly #minimum: Nanoseconds;
  readonly #timer: NodeJS.Timeout;
  #last: Nanoseconds | undefined;

  constructor({ env, now, refresh }: PaceOptions) {
    const text = env.TTY_DISPLAY_RATE ?? "";
    const rate = /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
    this.#now = now;
    this.#refresh = refresh;
    this.#minimum = BigInt(rate ?? 100) * 1_000_000n;
    this.#timer = setInterval(refresh, rate ?? 150).unref();
  }

  event(): void {
    this.#timer.refresh();
    const now = this.#now();
    if (this.#last !== undefined && now - this.#last < this.#minimum) return;
    this.#last = now;
    this.#refresh();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
