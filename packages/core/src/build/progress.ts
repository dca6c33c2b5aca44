import type { BuilderNode } from "../builder/node.ts";
import { Code, GrpcError } from "../buildkit/transport/status.ts";
import { isTsbxError } from "../errors.ts";
import type { ProgressEvent } from "../progress/events.ts";
import type { StepEvents } from "./step-events.ts";

/** How long the daemon may stay silent after the build has ended, before the rest is given up. */
const SILENCE_MS = 5_000;
/** The same for a build that the daemon never told anything of: it may not know it at all. */
const UNKNOWN_BUILD_MS = 500;
/** How long a cancelled build may go on to say how its steps ended, however much it says. */
const CANCELLED_MS = 1_000;

/**
 * The events of the boot, then of the build `ref`. The daemon is asked when somebody starts to read, and not faster than they
 * read; it replays what went before.
 */
export async function* followBuild(
  node: BuilderNode,
  ref: string,
  boot: StepEvents,
  result: Promise<unknown>,
): AsyncGenerator<ProgressEvent, void, void> {
  const controller = new AbortController();
  const silence = new SilenceLimit(result, () => controller.abort());
  try {
    yield* boot.events();
    const client = await Promise.race([node.client(controller.signal), failureOf(result)]);
    for await (const event of client.status(ref, { signal: controller.signal })) {
      silence.heard();
      yield event;
    }
  } catch (error) {
    // Why the build failed is the result's to tell; a status stream that we cut is no error.
    if (!controller.signal.aborted && !(await hasFailed(result)) && !isCancelled(error)) throw error;
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

  constructor(result: Promise<unknown>, expired: () => void) {
    this.#expired = expired;
    const settled = (error?: unknown) => {
      this.#settled = true;
      this.#cancelled = isTsbxError(error) && error.code === "ABORTED";
      this.#restart();
    };
    result.then(() => settled(), settled);
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

function failureOf(result: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    result.catch(reject);
  });
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
