import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { isTsbxError } from "@tsbx/core/driver";
import type { WebSocket } from "ws";
import { type ApiClient, type Session, statusOf } from "../api/client.ts";
import { refused, unreachable } from "../api/errors.ts";
import { PROTOCOLS } from "./protocols.ts";
import { ExecStream, type Outcome } from "./stream.ts";

/** Longer silences than this lose their entry in the tables of firewalls and load balancers. */
const KEEPALIVE_MS = 30_000;

const SOCKET_OPTIONS = {
  perMessageDeflate: false,
  // Also in answers that are text by mistake, bytes are bytes.
  skipUTF8Validation: true,
  // After the end was announced, in milliseconds: who no longer reads does not hear our answer.
  closeTimeout: 1000,
};

export interface ExecRequest {
  pod: string;
  container: string;
  command: readonly string[];
}

/**
 * Runs a command in a pod, its stdin and stdout as one stream: binary-safe, with back-pressure both ways; ending
 * the writable side closes the command's stdin. The caller destroys the stream.
 *
 * @param outcome asked when the command ends badly, or before its stdin was closed
 * @param signal from `withDeadline`; bounds the start alone
 * @throws TsbxError what {@link ApiClient} throws
 */
export async function execStdio(
  client: ApiClient,
  request: ExecRequest,
  outcome: Outcome,
  signal: AbortSignal,
): Promise<ExecStream> {
  const session = await client.session(signal);
  const { WebSocket } = await import("ws");
  signal.throwIfAborted();
  const { credentials, server, target } = session;
  const url = `${server.replace(/^http/, "ws")}${execPath(target.namespace, request)}`;
  const socket = new WebSocket(url, [...PROTOCOLS], {
    ...credentials.tls,
    agent: credentials.agent,
    headers: credentials.headers as Record<string, string>,
    ...SOCKET_OPTIONS,
    ...(server.startsWith("https:") && { generateMask: unmasked }),
  });
  const stream = new ExecStream(socket, outcome);
  try {
    await opened(socket, request, session, signal);
    return stream;
  } catch (error) {
    stream.destroy();
    throw isTsbxError(error) ? error : unreachable(server, target.source, error);
  }
}

/**
 * A mask of zeros, which changes nothing: what is masked keeps caches between from being deceived, and there is none
 * that could read TLS. Masking would cost as much as the encryption.
 */
function unmasked(mask: Buffer): void {
  mask.fill(0);
}

function execPath(namespace: string, { pod, container, command }: ExecRequest): string {
  const query = new URLSearchParams({ container, stdin: "true", stdout: "true", stderr: "true" });
  for (const word of command) query.append("command", word);
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec?${query}`;
}

function opened(socket: WebSocket, { pod }: ExecRequest, session: Session, signal: AbortSignal) {
  return new Promise<void>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    const settle = (act: () => void) => {
      signal.removeEventListener("abort", onAbort);
      act();
    };
    socket.once("upgrade", ({ socket: raw }) => raw.setKeepAlive(true, KEEPALIVE_MS));
    socket.once("open", () => settle(resolve));
    socket.once("error", (error) => settle(() => reject(error)));
    socket.once("unexpected-response", (_request, answer) => {
      refusal(answer, pod, session).then((error) => settle(() => reject(error)));
    });
  });
}

async function refusal(answer: IncomingMessage, pod: string, { target }: Session): Promise<Error> {
  const body = await text(answer).catch(() => "");
  return refused(`run a command in pod ${pod}`, target.source, answer.statusCode!, statusOf(body));
}
