import type { Duplex } from "node:stream";
import { awaitServerPreface, TsbxError, withDeadline } from "@tsbx/core/driver";
import { type Engine, execStdio } from "@tsbx/docker-engine";

/** How long `buildctl` may take to start in the container, and the daemon to its first bytes. */
const GREETING_MS = 8000;

/**
 * A connection to the buildkitd in a container, through a `buildctl` that is run there; its first bytes have come
 * and are unread. Of a container that ends just then, Docker may never close the connection.
 * @throws TsbxError `DAEMON_UNREACHABLE`, `EXEC_FAILED`, `NOT_HTTP2`, and what the engine throws
 */
export async function dialContainer(engine: Engine, container: string, signal: AbortSignal): Promise<Duplex> {
  const subject = `buildkitd in container ${container}`;
  const silent = () =>
    new TsbxError("DAEMON_UNREACHABLE", `${subject} did not answer within ${GREETING_MS / 1000} s`, {
      hint: `\`docker logs ${container}\` shows what it wrote.`,
    });
  const stream = await execStdio(engine, container, ["buildctl", "dial-stdio"], signal);
  try {
    await withDeadline(GREETING_MS, signal, silent, (either) => awaitServerPreface(stream, subject, either));
    return stream;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}
