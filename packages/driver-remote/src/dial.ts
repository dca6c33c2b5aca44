import type { Duplex } from "node:stream";
import {
  connectSocket,
  type DriverContext,
  type NodeConfig,
  type OptionValues,
  TsbxError,
  withDeadline,
} from "@tsbx/core/driver";
import { type Endpoint, parseEndpoint } from "./endpoint.ts";
import { SSH_OPTIONS } from "./options.ts";
import { TLS_OPTIONS, type TlsOptions, tlsOptions } from "./tls/options.ts";

/** The bound over name resolution, connection and every handshake together. */
const CONNECT_MS = 10_000;

export interface Dialer {
  /** What is dialled, for messages. */
  subject: string;
  dial(signal: AbortSignal): Promise<Duplex>;
}

/**
 * Prepares to dial a node: everything that can be checked without I/O is checked here.
 * @throws TsbxError `INVALID_ENDPOINT`, `UNSUPPORTED_ENDPOINT`, `INVALID_DRIVER_OPTION`
 */
export function dialer(node: NodeConfig, context: DriverContext): Dialer {
  const endpoint = parseEndpoint(node.endpoint ?? "");
  const subject = `buildkitd at ${node.endpoint}`;
  const tls = tlsOptions(node.options);
  const useless = uselessOption(endpoint.scheme, node.options);
  if (useless !== undefined) {
    throw new TsbxError(
      "INVALID_DRIVER_OPTION",
      `driver option ${useless} is not for ${endpoint.scheme} endpoints`,
      { hint: "TLS is for tcp:// and unix:// endpoints, keys and known hosts are for ssh:// ones." },
    );
  }
  const expired = () =>
    new TsbxError("DAEMON_UNREACHABLE", `cannot reach ${subject}: no answer within ${CONNECT_MS / 1000} s`, {
      hint: "Check the address, and the network, VPN or firewall between here and there.",
    });
  return {
    subject,
    dial: (signal) =>
      withDeadline(CONNECT_MS, signal, expired, (either) =>
        open(endpoint, tls, subject, node, context, either),
      ),
  };
}

/** The first of the options that say something of another kind of endpoint. */
function uselessOption(scheme: Endpoint["scheme"], options: OptionValues): string | undefined {
  const tls = scheme === "tcp" || scheme === "unix";
  const names = [...(tls ? [] : TLS_OPTIONS), ...(scheme === "ssh" ? [] : SSH_OPTIONS)];
  return names.find((name) => options[name] !== undefined);
}

async function open(
  endpoint: Endpoint,
  tls: TlsOptions | undefined,
  subject: string,
  node: NodeConfig,
  context: DriverContext,
  signal: AbortSignal,
): Promise<Duplex> {
  // Loaded only where they are needed: most nodes are reached by a socket.
  if (endpoint.scheme === "ssh") {
    const { dialSsh } = await import("./ssh/dial.ts");
    return dialSsh(endpoint, node.options, context.env, subject, signal);
  }
  if (endpoint.scheme === "docker-container") {
    const { dialContainer } = await import("./exec/container.ts");
    return dialContainer(endpoint, context, signal);
  }
  if (endpoint.scheme === "kube-pod") {
    const { dialPod } = await import("./exec/pod.ts");
    return dialPod(endpoint, context, signal);
  }
  const connect = () =>
    connectSocket(endpoint.scheme === "unix" ? { path: endpoint.path } : endpoint, subject, signal);
  if (!tls) return connect();
  const { startTls } = await import("./tls/start.ts");
  return startTls(connect, endpoint.scheme === "unix" ? "localhost" : endpoint.host, subject, tls, signal);
}
