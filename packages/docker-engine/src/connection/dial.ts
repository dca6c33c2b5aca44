import type { Duplex } from "node:stream";
import { connectSocket, TsbxError, withDeadline } from "@tsbx/core/driver";
import type { Environment } from "../contexts/config.ts";
import { connectionError } from "../errors.ts";
import type { EngineTarget } from "./resolve.ts";

/** The bound over name resolution, connection and TLS handshake together. */
const CONNECT_MS = 10_000;
/** Docker's ports, without and with TLS. */
const PORTS = { plain: 2375, tls: 2376 };

/**
 * Opens a connection to a daemon.
 * @param subject who is there, for messages
 * @throws TsbxError `ENGINE_UNREACHABLE`, `ENGINE_TLS_FAILED`, `TLS_FILE_INVALID`, `SSH_NOT_FOUND`
 */
export async function dialTarget(
  target: EngineTarget,
  subject: string,
  env: Environment,
  signal: AbortSignal,
): Promise<Duplex> {
  const expired = () =>
    new TsbxError("ENGINE_UNREACHABLE", `cannot reach ${subject}: no answer within ${CONNECT_MS / 1000} s`, {
      hint: "Check the address, and the network, VPN or firewall between here and there.",
    });
  try {
    return await withDeadline(CONNECT_MS, signal, expired, (either) => open(target, subject, env, either));
  } catch (error) {
    throw connectionError(subject, error);
  }
}

async function open(
  target: EngineTarget,
  subject: string,
  env: Environment,
  signal: AbortSignal,
): Promise<Duplex> {
  const { address } = target;
  if (address.kind === "socket") return connectSocket({ path: address.path }, subject, signal);
  if (address.kind === "ssh") {
    // Loaded only here: most daemons are not reached by ssh.
    const { dialSsh } = await import("./ssh.ts");
    return dialSsh(address, subject, env, signal);
  }
  const { secure, tlsContext } = await import("./tls.ts");
  const tls = await tlsContext(target);
  const { host, port = tls ? PORTS.tls : PORTS.plain } = address;
  const socket = await connectSocket({ host, port }, subject, signal);
  return tls ? secure(socket, host, tls, target.skipTlsVerify, subject, signal) : socket;
}
