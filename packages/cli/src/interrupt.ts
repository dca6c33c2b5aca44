import { signalExitCode } from "./errors/exit-code.ts";
import type { CliIo, StopSignal } from "./io.ts";

/** What the user's signals do to a command. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** The first signal that came. */
  readonly stoppedBy: StopSignal | undefined;
  /** Stops listening to signals. */
  close(): void;
}

/** The first SIGINT or SIGTERM aborts, so that the daemon is told; a second one ends the process at once. */
export function listenForInterruption(io: Pick<CliIo, "onSignal" | "exit">): Interruption {
  const controller = new AbortController();
  let stoppedBy: StopSignal | undefined;
  const close = io.onSignal((signal) => {
    if (stoppedBy) return io.exit(signalExitCode(signal));
    stoppedBy = signal;
    controller.abort(new Error(`stopped by ${signal}`));
  });
  return {
    signal: controller.signal,
    get stoppedBy() {
      return stoppedBy;
    },
    close,
  };
}
