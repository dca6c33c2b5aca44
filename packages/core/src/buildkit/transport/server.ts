import * as http2 from "node:http2";
import type { Duplex } from "node:stream";
import { Http2MessageStream } from "./http2-stream.ts";
import { Metadata } from "./metadata.ts";
import { Code, encodeStatusMessage, GrpcError, toGrpcError } from "./status.ts";
import type { ServerCall, ServerHandler } from "./stream.ts";

export interface GrpcServerOptions {
  /** Full method path, `/package.Service/Method`, to its handler. */
  handlers: ReadonlyMap<string, ServerHandler>;
  /** Learns what a handler threw, besides the peer that gets it as a status. */
  onError?: (path: string, error: GrpcError) => void;
}

const MIB = 1024 * 1024;

/**
 * Serves gRPC to the one peer at the other end of `connection`.
 * @returns a function that ends the connection: handlers under way see their signal abort, and it resolves
 * when they have cleaned up after themselves.
 */
export function serveGrpc(connection: Duplex, options: GrpcServerOptions): () => Promise<void> {
  // Without a server in between, which over TLS wants HTTP/2 negotiated: here that was done by other means.
  const session = http2.performServerHandshake(connection, {
    settings: {
      initialWindowSize: 4 * MIB,
      maxFrameSize: MIB,
      maxConcurrentStreams: 1000,
      maxHeaderListSize: 16 * MIB,
    },
    // A call carries each ignore pattern as a header of its own; Node refuses more than 128 by default.
    maxHeaderListPairs: 1_000_000,
    maxSessionMemory: 1024,
  });
  session.setLocalWindowSize(16 * MIB);
  session.on("error", () => {});
  const calls = new Set<Promise<void>>();
  const onStream = (
    stream: http2.ServerHttp2Stream,
    headers: http2.IncomingHttpHeaders,
    _flags: number,
    rawHeaders: string[],
  ) => {
    const call = new Http2ServerCall(stream, String(headers[":path"]), Metadata.fromRaw(rawHeaders));
    const running = call.run(options).finally(() => calls.delete(running));
    calls.add(running);
  };
  // The typings leave the fourth argument out; Node passes it since 14.
  session.on(
    "stream",
    onStream as (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void,
  );
  return async () => {
    connection.destroy();
    await Promise.all(calls);
  };
}

class Http2ServerCall extends Http2MessageStream implements ServerCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly signal: AbortSignal;
  readonly #stream: http2.ServerHttp2Stream;

  constructor(stream: http2.ServerHttp2Stream, path: string, metadata: Metadata) {
    super(stream);
    this.#stream = stream;
    this.path = path;
    this.metadata = metadata;
    const controller = new AbortController();
    stream.once("close", () => controller.abort());
    this.signal = controller.signal;
  }

  async run(options: GrpcServerOptions): Promise<void> {
    const stream = this.#stream;
    // The peer may have given the call up before it came to us.
    if (stream.destroyed) return;
    let status: GrpcError | undefined;
    let trailers: http2.OutgoingHttpHeaders = { "grpc-status": String(Code.OK) };
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.once("wantTrailers", () => {
      if (!stream.destroyed) stream.sendTrailers(trailers);
    });
    try {
      const handler = options.handlers.get(this.path);
      if (!handler) throw new GrpcError(Code.UNIMPLEMENTED, `unknown method ${this.path}`);
      await handler(this);
    } catch (error) {
      status = toGrpcError(error);
      trailers = { "grpc-status": String(status.code), "grpc-message": encodeStatusMessage(status.message) };
    }
    const cancelled = this.signal.aborted;
    if (!stream.destroyed) stream.end();
    if (status && !cancelled) options.onError?.(this.path, status);
    // What the peer still sends must be taken, or the stream never closes.
    stream.resume();
  }

  protected override finished(): Promise<void> {
    // Node ends what is read of a stream that breaks, too.
    return this.#stream.aborted ? Promise.reject(this.failure()) : Promise.resolve();
  }
}
