import type { Duplex } from "node:stream";
import { type DriverContext, type OptionValues, TsbxError } from "@tsbx/core/driver";
import type { SshEndpoint } from "../endpoint.ts";
import { dialStdio, forward } from "./channel.ts";
import { connectSsh, type SshConnection } from "./client.ts";
import { sshSettings } from "./settings.ts";

const DEFAULT_SOCKET = "/run/buildkit/buildkitd.sock";

/**
 * Reaches a buildkitd over ssh, one connection per dial.
 * @param signal from `withDeadline`
 * @throws TsbxError `SSH_*`, `DAEMON_UNREACHABLE`, `INVALID_DRIVER_OPTION`
 */
export async function dialSsh(
  endpoint: SshEndpoint,
  options: OptionValues,
  env: DriverContext["env"],
  subject: string,
  signal: AbortSignal,
): Promise<Duplex> {
  const connection = await connectSsh(await sshSettings(endpoint, options, env), signal);
  const close = () => connection.close();
  signal.addEventListener("abort", close);
  try {
    return await openStream(connection, endpoint, subject, signal);
  } catch (error) {
    close();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

async function openStream(
  connection: SshConnection,
  endpoint: SshEndpoint,
  subject: string,
  signal: AbortSignal,
): Promise<Duplex> {
  const path = endpoint.socketPath ?? DEFAULT_SOCKET;
  try {
    return await forward(connection, path);
  } catch (refusal) {
    signal.throwIfAborted();
    try {
      return await dialStdio(connection, endpoint.socketPath, subject, signal);
    } catch (failure) {
      signal.throwIfAborted();
      throw neitherWay(subject, path, refusal, failure);
    }
  }
}

function neitherWay(subject: string, path: string, refusal: unknown, failure: unknown): TsbxError {
  return new TsbxError(
    "DAEMON_UNREACHABLE",
    `cannot reach ${subject}: the host does not forward to ${path} (${text(refusal)}), and buildctl dial-stdio fails there: ${text(failure)}`,
    {
      hint: `Check that buildkitd runs on the host, that its socket is ${path} and that you may open it; name another one in the endpoint's path.`,
      cause: new AggregateError([refusal, failure]),
    },
  );
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
