import { isIP, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { tlsFailure } from "./failure.ts";
import { secureContext } from "./files.ts";
import type { TlsOptions } from "./options.ts";

/**
 * How long a server may stay silent after the handshake. A gRPC server speaks at once; a proxy in front of
 * it may wait for the client, and has not rejected anything by then.
 */
const SILENCE_MS = 2000;

/**
 * Opens a socket and speaks TLS over it, at least 1.2 and with ALPN `h2`.
 *
 * With TLS 1.3 the client's side of the handshake is over before the server has looked at the client's
 * certificate, so this waits for the server's first bytes, which are left unread.
 *
 * @param open opens the socket, when the files are read
 * @param host what the certificate must be for, unless the options say otherwise
 * @throws TsbxError `TLS_*` or `DAEMON_UNREACHABLE`
 */
export async function startTls(
  open: () => Promise<Socket>,
  host: string,
  subject: string,
  options: TlsOptions,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const context = await secureContext(options);
  const socket = await open();
  const name = options.servername ?? host;
  const tls = connect({
    socket,
    secureContext: context,
    // An address is checked against the certificate like a name, but is not sent as one (RFC 6066, 3).
    host: name,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ALPNProtocols: ["h2"],
  });
  try {
    await accepted(tls, signal);
    return tls;
  } catch (cause) {
    tls.destroy();
    socket.destroy();
    signal.throwIfAborted();
    throw tlsFailure(cause, subject, options);
  }
}

function accepted(tls: TLSSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let patience: NodeJS.Timeout | undefined;
    const settle = (act: () => void) => {
      clearTimeout(patience);
      tls.off("secureConnect", onSecure).off("readable", onReadable).off("close", onClose);
      signal.removeEventListener("abort", onAbort);
      act();
    };
    const onSecure = () => {
      patience = setTimeout(() => settle(resolve), SILENCE_MS);
    };
    const onReadable = () => {
      if (tls.readableLength > 0) settle(resolve);
    };
    const onClose = () => settle(() => reject(new Error("the connection was closed during the handshake")));
    const onAbort = () => settle(() => reject(signal.reason));
    // Stays: a connection that dies before its new owner listens must not become an uncaught exception.
    tls.on("error", (error) => settle(() => reject(error)));
    tls.on("secureConnect", onSecure).on("readable", onReadable).on("close", onClose);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  });
}
