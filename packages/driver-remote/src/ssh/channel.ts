import { awaitServerPreface, TsbxError } from "@tsbx/core/driver";
import type { ClientChannel } from "ssh2";
import type { SshConnection } from "./client.ts";
import { SshStream } from "./stream.ts";

const STDERR_MAX = 2048;

/**
 * Has the host connect us to a unix socket of its own (OpenSSH's `direct-streamlocal@openssh.com`).
 * Rejects with the host's refusal, which does not tell a missing socket from a forbidden forwarding.
 */
export async function forward(connection: SshConnection, path: string): Promise<SshStream> {
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    connection.client.openssh_forwardOutStreamLocal(path, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
  });
  return new SshStream(channel, connection);
}

/**
 * Runs `buildctl dial-stdio` on the host and returns its standard input and output, once buildkitd speaks.
 * @param path the daemon's socket; without it buildctl chooses
 */
export async function dialStdio(
  connection: SshConnection,
  path: string | undefined,
  subject: string,
  signal: AbortSignal,
): Promise<SshStream> {
  const address = path === undefined ? "" : ` --addr ${shellQuote(`unix://${path}`)}`;
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    connection.client.exec(`buildctl${address} dial-stdio`, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
  });
  let stderr = "";
  channel.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-STDERR_MAX);
  });
  const stream = new SshStream(channel, connection);
  try {
    await awaitServerPreface(stream, subject, signal);
    return stream;
  } catch (error) {
    signal.throwIfAborted();
    throw stderr === "" ? error : new TsbxError("DAEMON_UNREACHABLE", stderr.trim(), { cause: error });
  }
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
