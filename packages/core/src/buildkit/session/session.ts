import type { Duplex } from "node:stream";
import { TsbxError } from "../../errors.ts";
import type { GrpcChannel } from "../transport/channel.ts";
import { Metadata } from "../transport/metadata.ts";
import { serveGrpc } from "../transport/server.ts";
import { Code, type GrpcError } from "../transport/status.ts";
import type { ServerHandler } from "../transport/stream.ts";
import { healthHandlers } from "./health.ts";
import { SessionTunnel } from "./tunnel.ts";

export interface SessionOptions {
  /** Unique id: it goes into the solve request. */
  id: string;
  /**
   * Stable name of the client's directory: with it the daemon compares the build context with what it got
   * the last time and asks only for what changed.
   */
  sharedKey: string;
  /** What the daemon may call: the attachables' methods by full path. */
  handlers: ReadonlyMap<string, ServerHandler>;
  /** Opens the connection of the session where the daemon has an endpoint of its own for it. */
  dial?: (headers: ReadonlyArray<readonly [string, string]>, signal: AbortSignal) => Promise<Duplex>;
  /** Learns what a handler failed with, besides the daemon. */
  onError?: (path: string, error: GrpcError) => void;
}

/** A session that the daemon can call into. */
export interface Session {
  readonly id: string;
  /** Rejects when the session ends before {@link close}; never resolves. */
  readonly lost: Promise<never>;
  /** Ends the session; resolves when no handler runs any more. */
  close(): Promise<void>;
}

/**
 * Opens a session: a gRPC connection in which the daemon is the client and we serve. Methods that are not
 * announced in its headers are absent for the daemon.
 */
export async function openSession(
  channel: GrpcChannel,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<Session> {
  const handlers = new Map([...healthHandlers(), ...options.handlers]);
  const headers: Array<readonly [string, string]> = [
    ["x-docker-expose-session-uuid", options.id],
    ["x-docker-expose-session-sharedkey", headerValue(options.sharedKey)],
    ...[...handlers.keys()].map((path) => ["x-docker-expose-session-grpc-method", path] as const),
  ];
  const connection = options.dial
    ? await options.dial(headers, signal)
    : new SessionTunnel(
        channel.call("/moby.buildkit.v1.Control/Session", { metadata: Metadata.of(headers), signal }),
      );
  let closing = false;
  const close = serveGrpc(connection, {
    handlers,
    onError: (path, error) => {
      if (error.code !== Code.UNIMPLEMENTED) options.onError?.(path, error);
    },
  });
  const lost = new Promise<never>((_, reject) => {
    const fail = (cause?: unknown) => {
      if (!closing) reject(new TsbxError("SESSION_LOST", "the daemon ended the session", { cause }));
    };
    connection.once("error", fail);
    connection.once("close", () => fail());
  });
  lost.catch(() => {});
  return {
    id: options.id,
    lost,
    close() {
      closing = true;
      return close();
    },
  };
}

/** The key ends up in an HTTP header; the daemon only compares it. */
function headerValue(key: string): string {
  return key.replace(/[^\x20-\x7e]+/g, (text) => Buffer.from(text).toString("hex"));
}
