import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { TsbxError } from "@tsbx/core/driver";
import type { Environment } from "../contexts/config.ts";
import type { SshAddress } from "./address.ts";
import { ProcessStream } from "./process-stream.ts";

/**
 * Connects to the daemon on another machine: the system's `ssh` runs `docker system dial-stdio` there, so that
 * all of ~/.ssh/config holds. Whether that works shows with the first bytes: a stream that cannot be
 * made is destroyed with what ssh said.
 * @throws TsbxError `SSH_NOT_FOUND`
 */
export async function dialSsh(
  address: SshAddress,
  subject: string,
  env: Environment,
  signal: AbortSignal,
): Promise<Duplex> {
  signal.throwIfAborted();
  const child = spawn("ssh", sshArguments(address), { env: { ...env }, stdio: ["pipe", "pipe", "pipe"] });
  try {
    await once(child, "spawn", { signal });
  } catch (cause) {
    child.kill();
    signal.throwIfAborted();
    throw new TsbxError(
      "SSH_NOT_FOUND",
      `cannot start ssh to reach ${subject}: ${(cause as Error).message}`,
      {
        hint: "Install an OpenSSH client, or use an endpoint of another kind.",
        cause,
      },
    );
  }
  return new ProcessStream(child, (stderr, status) => {
    const said = stderr.trim() || `ssh ended with status ${status}`;
    return new TsbxError("ENGINE_UNREACHABLE", `cannot reach ${subject}: ${said}`, {
      hint: `Check that \`ssh ${destination(address)} docker version\` works without asking anything.`,
    });
  });
}

/** The command line after `ssh`. */
export function sshArguments({ host, user, port, socketPath }: SshAddress): string[] {
  const docker = socketPath === undefined ? [] : ["--host", shellQuoted(`unix://${socketPath}`)];
  return [
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    // No terminal, and no question that nobody sees.
    ...["-T", "-o", "ConnectTimeout=30"],
    ...["--", host, "docker", ...docker, "system", "dial-stdio"],
  ];
}

function destination({ host, user, port }: SshAddress): string {
  return `${port === undefined ? "" : `-p ${port} `}${user === undefined ? "" : `${user}@`}${host}`;
}

/** The host's shell reads the command. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
