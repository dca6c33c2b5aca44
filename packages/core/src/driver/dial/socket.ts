import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { TsbxError } from "../../errors.ts";

/** Where a socket goes: a unix socket's path, or a TCP host and port. */
export type SocketAddress = { path: string } | { host: string; port: number };

/** Longer silences than this lose their entry in the tables of firewalls and load balancers. */
const KEEPALIVE_MS = 30_000;

/**
 * Opens a socket, without delay of small writes and with TCP keepalive.
 *
 * @param subject who is there, for messages: `buildkitd at tcp://127.0.0.1:1234`
 * @param signal from `withDeadline`: when it aborts, its reason is thrown and no socket is left
 * @throws TsbxError `DAEMON_UNREACHABLE` with what the system said and what to look at
 */
export async function connectSocket(
  address: SocketAddress,
  subject: string,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const socket = createConnection(address);
  // A connection that dies before its new owner listens must not become an uncaught exception.
  socket.on("error", () => {});
  try {
    await once(socket, "connect", { signal });
  } catch (cause) {
    socket.destroy();
    signal.throwIfAborted();
    throw unreachable(subject, cause);
  }
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEPALIVE_MS);
  return socket;
}

/** The `DAEMON_UNREACHABLE` error for a failed connection attempt. */
export function unreachable(subject: string, cause: unknown): TsbxError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const known = REASONS[code];
  const reason = known?.reason ?? (cause instanceof Error ? cause.message : String(cause));
  const hint = known?.hint ?? "Check the address and that the daemon runs.";
  return new TsbxError("DAEMON_UNREACHABLE", `cannot reach ${subject}: ${reason}`, { hint, cause });
}

const RUNNING = "Check that the daemon runs and listens at this address.";
const NETWORK = "Check the network, VPN or firewall between here and there.";

const REASONS: Readonly<Record<string, { reason: string; hint: string }>> = {
  ENOENT: { reason: "no such socket", hint: RUNNING },
  ENOTDIR: { reason: "no such socket", hint: RUNNING },
  ECONNREFUSED: { reason: "connection refused", hint: RUNNING },
  ENOTSOCK: { reason: "the path is not a socket", hint: RUNNING },
  EACCES: {
    reason: "permission denied",
    hint: "The socket belongs to another user or group: join its group, or run as its owner.",
  },
  EPERM: {
    reason: "permission denied",
    hint: "A sandbox or firewall on this machine forbids the connection.",
  },
  ENOTFOUND: { reason: "unknown host name", hint: "Check the spelling of the host name." },
  EAI_AGAIN: {
    reason: "the host name could not be resolved",
    hint: "Check the DNS settings of this machine.",
  },
  EHOSTUNREACH: { reason: "no route to the host", hint: NETWORK },
  ENETUNREACH: { reason: "no route to the network", hint: NETWORK },
  ETIMEDOUT: { reason: "the connection timed out", hint: NETWORK },
  ECONNRESET: { reason: "the connection was reset", hint: RUNNING },
  EPIPE: { reason: "the connection was closed", hint: RUNNING },
};
