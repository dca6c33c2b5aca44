import type { Duplex } from "node:stream";
import {
  awaitServerPreface,
  isTsbxError,
  type NodeHandle,
  type NodeStatus,
  TsbxError,
  throwIfAborted,
  withDeadline,
} from "@tsbx/core/driver";
import type { Dialer } from "./dial.ts";

/** How long a daemon may take from the connection to its first bytes. */
const GREETING_MS = 5000;

/** A node whose daemon someone else runs: it is dialled, and neither started nor stopped. */
export function remoteHandle({ subject, dial: connect }: Dialer, defaultLoad: boolean): NodeHandle {
  const dial = async (signal: AbortSignal) => greeted(subject, await connect(signal), signal);
  return {
    dial,
    async status(signal) {
      try {
        (await dial(signal)).destroy();
        return { state: "running", detail: subject };
      } catch (error) {
        throwIfAborted(signal);
        return statusOf(error);
      }
    },
    defaultLoad,
    /** There is nothing to start; dialling tells what is wrong. */
    async boot() {},
    async stop() {},
    async remove() {},
  };
}

/** Waits for the daemon's first bytes, which stay unread: a server that says nothing is not one. */
async function greeted(subject: string, connection: Duplex, signal: AbortSignal): Promise<Duplex> {
  await withDeadline(GREETING_MS, signal, silent, (either) =>
    awaitServerPreface(connection, subject, either),
  );
  return connection;

  function silent() {
    return new TsbxError("NOT_HTTP2", `${subject} took the connection but said nothing`, {
      hint: "Check that the address is buildkitd's; when it wants TLS, give the driver option cacert.",
    });
  }
}

function statusOf(error: unknown): NodeStatus {
  if (!isTsbxError(error)) throw error;
  const detail = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
  return { state: error.code === "DAEMON_UNREACHABLE" ? "inactive" : "error", detail };
}
