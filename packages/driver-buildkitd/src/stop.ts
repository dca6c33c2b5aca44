import { rm } from "node:fs/promises";
import { TsbxError, withDeadline } from "@tsbx/core/driver";
import { isServing } from "./health.ts";
import type { Layout } from "./layout.ts";
import { isAlive, type ProcessIdentity } from "./process-identity.ts";
import { liveDaemon, removeRecord } from "./record.ts";
import { pause } from "./wait.ts";

const TERM_MS = 10_000;
const KILL_MS = 5000;

/**
 * Ends the node's daemon if it runs, first by asking. The caller holds the lock.
 * @throws TsbxError `BUILDKITD_NOT_STOPPED` when it does not end, or runs where its process cannot be seen
 */
export async function stopDaemon(layout: Layout, signal: AbortSignal): Promise<void> {
  const daemon = await liveDaemon(layout);
  if (daemon !== undefined) await end(daemon, signal);
  else if (await isServing(layout.socket, signal)) throw unseen(layout);
  signal.throwIfAborted();
  await removeRecord(layout);
  await rm(layout.socket, { force: true });
  await rm(layout.otelSocket, { force: true });
}

async function end(daemon: ProcessIdentity, signal: AbortSignal): Promise<void> {
  const remains = () =>
    new TsbxError("BUILDKITD_NOT_STOPPED", `buildkitd (process ${daemon.pid}) does not end`, {
      hint: `Look at it with: ps -o pid,stat,wchan,args -p ${daemon.pid}`,
    });
  kill(daemon.pid, "SIGTERM");
  try {
    await withDeadline(TERM_MS, signal, remains, (either) => ended(daemon, either));
  } catch (error) {
    if (signal.aborted) throw error;
    // It leads a process group of its own; what it started goes with it.
    kill(-daemon.pid, "SIGKILL");
    await withDeadline(KILL_MS, signal, remains, (either) => ended(daemon, either));
  }
}

/** Without its socket it would only be lost: it keeps its hold on the state directory. */
function unseen(layout: Layout): TsbxError {
  return new TsbxError(
    "BUILDKITD_NOT_STOPPED",
    `buildkitd answers at ${layout.socket}, but its process is not known`,
    {
      hint: `It may run in another container; else find it with: pgrep -f ${layout.root}`,
    },
  );
}

async function ended(daemon: ProcessIdentity, signal: AbortSignal): Promise<void> {
  while (await isAlive(daemon)) await pause(signal);
}

function kill(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // Gone already is as good.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
