import type { ControlClient } from "../buildkit/control/client.ts";
import { Code, GrpcError } from "../buildkit/transport/status.ts";
import type { ProgressEvent } from "../progress/events.ts";
import { OwnClock } from "../progress/own-clock.ts";

/** How long the daemon may stay silent after the build has ended, before the rest is given up. */
const SILENCE_MS = 5_000;
/** The same for a build that the daemon never told anything of: it may not know it at all. */
const UNKNOWN_BUILD_MS = 500;
/** How long a cancelled build may go on to say how its steps ended, however much it says. */
const CANCELLED_MS = 1_000;

/**
 * The events of the build `ref` on a node's daemon, which replays what went before, on this side's clock. `result` is what the
 * build comes to, `signal` what cancels it; `abandoned` ends the events.
 */
export async function* followBuild(
  client: ControlClient,
  ref: string,
  result: Promise<unknown>,
  signal: AbortSignal,
  abandoned: AbortSignal,
): AsyncGenerator<ProgressEvent, void, void> {
  const controller = new AbortController();
  const either = AbortSignal.any([controller.signal, abandoned]);
  const clock = new OwnClock();
  const silence = new SilenceLimit(result, signal, () => controller.abort());
  try {
    for await (const event of client.status(ref, { signal: either })) {
      silence.heard();
      yield clock.shift(event);
    }
  } catch (error) {
    // Why the build failed is the result's to tell; a status stream that we cut is no error.
    if (!either.aborted && !(await hasFailed(result)) && !isCancelled(error)) throw error;
  } finally {
    silence.end();
    controller.abort();
  }
}

/** Calls back when, after the build's end, nothing is heard for too long. */
class SilenceLimit {
  readonly #expired: () => void;
  #timer: NodeJS.Timeout | undefined;
  #settled = false;
  #cancelled = false;
  #limit = UNKNOWN_BUILD_MS;

  constructor(result: Promise<unknown>, signal: AbortSignal, expired: () => void) {
    this.#expired = expired;
    const settled = () => {
      this.#settled = true;
      this.#cancelled = signal.aborted;
      this.#restart();
    };
    result.then(settled, settled);
  }

  heard(): void {
    this.#limit = SILENCE_MS;
    if (this.#settled && !this.#cancelled) this.#restart();
  }

  end(): void {
    this.#settled = false;
    clearTimeout(this.#timer);
    this.#restart = () => {};
  }

  #restart = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#expired, this.#cancelled ? CANCELLED_MS : this.#limit);
  };
}

async function hasFailed(result: Promise<unknown>): Promise<boolean> {
  return result.then(
    () => false,
    () => true,
  );
}

function isCancelled(error: unknown): boolean {
  return error instanceof GrpcError && error.code === Code.CANCELLED;
}
