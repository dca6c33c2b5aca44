import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { throwIfAborted } from "@tsbx/core/errors";
import type { CliIo } from "../io.ts";

/**
 * Copies bytes both ways between a connection and the standard streams until the other side closes. The end of
 * stdin closes one direction only. Destroys the connection and stdin.
 * @throws TsbxError `ABORTED`; or the error with which the connection broke
 */
export async function proxy(
  connection: Duplex,
  { stdin, stdout }: Pick<CliIo, "stdin" | "stdout">,
  signal: AbortSignal,
): Promise<void> {
  // Whether what is sent arrives is the other side's to say.
  pipeline(stdin, connection, { signal }).catch(() => {});
  try {
    await pipeline(connection, stdout, { signal, end: false });
  } catch (error) {
    throwIfAborted(signal);
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  } finally {
    connection.destroy();
    stdin.destroy();
  }
}
