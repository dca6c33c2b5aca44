import { awaitServerPreface, connectSocket, TsbxError, withDeadline } from "@tsbx/core/driver";
import { pause } from "./wait.ts";

const ANSWER_MS = 2000;

/** Whether a gRPC server answers on the unix socket. */
export async function isServing(socket: string, signal: AbortSignal): Promise<boolean> {
  const silent = () => new TsbxError("DAEMON_UNREACHABLE", `${socket} does not answer`);
  try {
    await withDeadline(ANSWER_MS, signal, silent, async (either) => {
      const connection = await connectSocket({ path: socket }, socket, either);
      await awaitServerPreface(connection, socket, either);
      connection.destroy();
    });
    return true;
  } catch {
    return false;
  }
}

/**
 * Waits until a gRPC server answers on the unix socket.
 * @param check runs before each further attempt, and throws when there is nothing left to wait for
 */
export async function untilServing(
  socket: string,
  check: () => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!(await isServing(socket, signal))) {
    signal.throwIfAborted();
    await check();
    await pause(signal);
  }
}
