import { existsSync } from "node:fs";
import {
  connectSocket,
  type DriverContext,
  type NodeConfig,
  type NodeHandle,
  type NodeStatus,
  TsbxError,
  throwIfAborted,
  withDeadline,
} from "@tsbx/core/driver";
import { clearAfterKill } from "./after-kill.ts";
import { isServing, untilServing } from "./health.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { withLock } from "./lock.ts";
import { tail } from "./log.ts";
import { isAlive } from "./process-identity.ts";
import { liveDaemon } from "./record.ts";
import { removeDaemon } from "./remove.ts";
import { startDaemon } from "./start.ts";
import { stopDaemon } from "./stop.ts";

const DIAL_MS = 10_000;
/** Over waiting for other processes and the work itself; longer than a start and a stop together. */
const LOCKED_MS = 90_000;
/** How long a daemon that does not answer is left alive. */
const PATIENCE_MS = 15_000;
const LOG_BYTES = 64 * 1024;

/** A node whose buildkitd runs on this machine, started on demand and left running. */
export function daemonHandle(node: NodeConfig, context: DriverContext): NodeHandle {
  const layout = layoutOf(node, context);
  const stop = async (signal: AbortSignal) => {
    await stopDaemon(layout, signal);
    await clearAfterKill(node, context, layout);
  };
  return {
    status: (signal) => statusOf(layout, signal),
    async boot(progress, signal) {
      if (await isServing(layout.socket, signal)) return;
      await locked(layout, signal, async (either) => {
        if (await isServing(layout.socket, either)) return;
        either.throwIfAborted();
        if (await comesBack(layout, either)) return;
        await stop(either);
        await startDaemon(node, context, layout, progress, either);
      });
    },
    async stop(signal) {
      throwIfAborted(signal);
      if (existsSync(layout.directory)) await locked(layout, signal, stop);
    },
    async remove({ keepState }, signal) {
      throwIfAborted(signal);
      if (!existsSync(layout.directory)) return;
      await locked(layout, signal, (either) => removeDaemon(node, context, layout, keepState, either));
    },
    dial: (signal) =>
      withDeadline(DIAL_MS, signal, silent, (either) =>
        connectSocket({ path: layout.socket }, `buildkitd at unix://${layout.socket}`, either),
      ),
    async logs(signal) {
      throwIfAborted(signal);
      return tail(layout.log, LOG_BYTES);
    },
  };
}

async function statusOf(layout: Layout, signal: AbortSignal): Promise<NodeStatus> {
  const serving = await isServing(layout.socket, signal);
  throwIfAborted(signal);
  const daemon = await liveDaemon(layout);
  if (serving) {
    const process = daemon === undefined ? "" : `process ${daemon.pid}, `;
    return { state: "running", detail: `${process}unix://${layout.socket}` };
  }
  if (daemon !== undefined) return { state: "starting", detail: `process ${daemon.pid} does not answer yet` };
  if (existsSync(layout.root)) return { state: "stopped", detail: `its state is kept in ${layout.root}` };
  return { state: "inactive" };
}

/**
 * Whether a daemon that lives without answering begins to: it may be under load in the middle of a build,
 * or its starter was ended before it was ready.
 */
async function comesBack(layout: Layout, signal: AbortSignal): Promise<boolean> {
  const daemon = await liveDaemon(layout);
  if (daemon === undefined) return false;
  const gone = () => new TsbxError("DAEMON_UNREACHABLE", `buildkitd (process ${daemon.pid}) does not answer`);
  const check = async () => {
    if (!(await isAlive(daemon))) throw gone();
  };
  try {
    await withDeadline(PATIENCE_MS, signal, gone, (either) => untilServing(layout.socket, check, either));
    return true;
  } catch {
    throwIfAborted(signal);
    return false;
  }
}

/** Runs what changes the node, one process at a time. */
function locked(layout: Layout, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>) {
  const busy = () =>
    new TsbxError("NODE_BUSY", `another process holds ${layout.lock}`, {
      hint: "It is starting, stopping or removing this node: wait for it, or end it.",
    });
  return withDeadline(LOCKED_MS, signal, busy, (either) => withLock(layout.lock, either, () => work(either)));
}

function silent(): TsbxError {
  return new TsbxError("DAEMON_UNREACHABLE", `buildkitd takes no connection within ${DIAL_MS / 1000} s`);
}
