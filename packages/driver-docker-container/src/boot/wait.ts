import { setTimeout as delay } from "node:timers/promises";
import { abortedError, isTsbxError, TsbxError, withDeadline } from "@tsbx/core/driver";
import { containerLogs, type Engine } from "@tsbx/docker-engine";
import { inspectContainer } from "../container/container.ts";
import { dialContainer } from "../dial.ts";

/** How long a buildkitd may take until it answers. */
const READY_MS = 20_000;
const RETRY_MS = 100;
const LOG_LINES = 20;

/**
 * Waits until the buildkitd of a container that was started answers.
 * @returns false when the container is gone: someone removed it meanwhile
 * @throws TsbxError `BOOT_FAILED` with the container's last lines
 */
export function awaitDaemon(engine: Engine, name: string, signal: AbortSignal): Promise<boolean> {
  let last: unknown;
  const expired = () =>
    new TsbxError(
      "BOOT_FAILED",
      `buildkitd in container ${name} did not answer within ${READY_MS / 1000} s`,
      {
        cause: last,
        hint: `\`docker logs ${name}\` shows what it wrote.`,
      },
    );
  return withDeadline(READY_MS, signal, expired, async (either) => {
    for (;;) {
      const state = await inspectContainer(engine, name, either);
      if (!state) return false;
      if (["exited", "dead", "restarting"].includes(state.Status)) {
        throw await ended(engine, name, state.Error || `exit code ${state.ExitCode}`, either);
      }
      if (state.Running) {
        try {
          (await dialContainer(engine, name, either)).destroy();
          return true;
        } catch (error) {
          if (either.aborted || !isTsbxError(error) || error.code === "ENGINE_UNREACHABLE") throw error;
          last = error;
        }
      }
      await delay(RETRY_MS, undefined, { signal: either }).catch(() => {
        throw signal.aborted ? abortedError(signal) : either.reason;
      });
    }
  });
}

async function ended(engine: Engine, name: string, how: string, signal: AbortSignal): Promise<TsbxError> {
  const logs = await containerLogs(engine, name, LOG_LINES, signal).catch(() => "");
  return new TsbxError(
    "BOOT_FAILED",
    `buildkitd in container ${name} ended with ${how}${logs && `:\n${logs}`}`,
    {
      hint: "Check the builder's buildkitd flags, configuration and image.",
    },
  );
}
