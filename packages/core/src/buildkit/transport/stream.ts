import type { StreamReader } from "./framing.ts";
import type { Metadata } from "./metadata.ts";

/**
 * One gRPC message stream, seen from either side. Messages are the raw protobuf bytes, without the
 * five-byte gRPC prefix. Reading and writing are independent.
 */
export interface MessageStream {
  readonly signal: AbortSignal;
  /**
   * The peer's messages in order; ends at its half-close. A message is a view into a receive buffer that is
   * not reused, so keeping it keeps that buffer. Not reading is what holds the peer back.
   */
  messages(): AsyncIterable<Buffer>;
  /**
   * What `reader` makes of the peer's messages, prefixes included: all that there is at a time. For much data in small
   * pieces, where a turn of an asynchronous loop costs more than the piece.
   */
  batches<T>(reader: StreamReader<T>): AsyncIterable<readonly T[]>;
  /**
   * Sends one message given in parts, which are not copied (they must not be changed afterwards).
   * @returns false when the peer is slower than we are: wait for {@link drained} before sending more.
   */
  send(...parts: readonly Uint8Array[]): boolean;
  /**
   * Sends bytes that already hold one or more whole messages, each with its gRPC prefix. The fast path for
   * many small messages: one write for hundreds of them.
   */
  sendFramed(bytes: Uint8Array): boolean;
  /** Resolves when the stream takes more; rejects when it has ended. */
  drained(): Promise<void>;
}

/** The server's side of a call. Returning from the handler ends it with OK, throwing with a status. */
export interface ServerCall extends MessageStream {
  /** Full method path, `/package.Service/Method`. */
  readonly path: string;
  readonly metadata: Metadata;
}

export type ServerHandler = (call: ServerCall) => Promise<void>;
