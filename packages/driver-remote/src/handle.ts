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
export function remoteHandle({ subject, dial }: Dialer): NodeHandle {
  return {
    dial,
    async status(signal) {
      try {
        await check(subject, dial, signal);
        return { state: "running", detail: subject };
      } catch (error) {
        throwIfAborted(signal);
        return statusOf(error);
      }
    },
    async boot(progress, signal) {
      progress(`waiting for ${subject}`);
      await check(subject, dial, signal);
    },
    async stop() {},
    async remove() {},
  };
}

async function check(subject: string, dial: Dialer["dial"], signal: AbortSignal): Promise<void> {
  const connection = await dial(signal);
  await withDeadline(GREETING_MS, signal, silent, (either) =>
    awaitServerPreface(connection, subject, either),
  );
  connection.destroy();

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
