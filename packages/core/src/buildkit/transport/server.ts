import type { Duplex } from "node:stream";
import { Http2Connection } from "../http2/connection.ts";
import type { Field } from "../http2/hpack.ts";
import type { Http2Stream } from "../http2/stream.ts";
import { GrpcStream } from "./grpc-stream.ts";
import { Metadata } from "./metadata.ts";
import { Code, encodeStatusMessage, GrpcError, toGrpcError } from "./status.ts";
import type { ServerCall, ServerHandler } from "./stream.ts";

export interface GrpcServerOptions {
  /** Full method path, `/package.Service/Method`, to its handler. */
  handlers: ReadonlyMap<string, ServerHandler>;
  /** Learns what a handler threw, besides the peer that gets it as a status. */
  onError?: (path: string, error: GrpcError) => void;
}

/**
 * Serves gRPC to the one peer at the other end of `connection`.
 * @returns a function that ends the connection: handlers under way see their signal abort, and it resolves
 * when they have cleaned up after themselves.
 */
export function serveGrpc(connection: Duplex, options: GrpcServerOptions): () => Promise<void> {
  const calls = new Set<Promise<void>>();
  const http2 = new Http2Connection(connection, {
    onStream: (stream, fields) => {
      http2.respond(stream, [
        [":status", "200"],
        ["content-type", "application/grpc"],
      ]);
      const running = new GrpcServerCall(stream, fields).run(options).finally(() => calls.delete(running));
      calls.add(running);
    },
  });
  return async () => {
    http2.destroy();
    await Promise.all(calls);
  };
}

class GrpcServerCall extends GrpcStream implements ServerCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly #closing = new AbortController();

  constructor(stream: Http2Stream, fields: readonly Field[]) {
    super(stream);
    this.metadata = Metadata.of(fields);
    this.path = this.metadata.get(":path") ?? "";
  }

  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  async run(options: GrpcServerOptions): Promise<void> {
    let status: GrpcError | undefined;
    try {
      const handler = options.handlers.get(this.path);
      if (!handler) throw new GrpcError(Code.UNIMPLEMENTED, `unknown method ${this.path}`);
      await handler(this);
    } catch (error) {
      status = toGrpcError(error);
    }
    const cancelled = this.signal.aborted;
    this.stream.end([
      ["grpc-status", String(status?.code ?? Code.OK)],
      ...(status ? [["grpc-message", encodeStatusMessage(status.message)] as const] : []),
    ]);
    if (status && !cancelled) options.onError?.(this.path, status);
  }

  protected override closed(): void {
    this.#closing.abort();
  }

  protected override finished(): Promise<void> {
    return Promise.resolve();
  }
}
