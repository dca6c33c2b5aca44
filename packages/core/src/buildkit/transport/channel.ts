import type { Duplex } from "node:stream";
import { throwIfAborted } from "../../errors.ts";
import { Http2Connection } from "../http2/connection.ts";
import type { Field } from "../http2/hpack.ts";
import { ClientCall } from "./client-call.ts";
import type { Metadata } from "./metadata.ts";
import { Code, GrpcError } from "./status.ts";

export interface CallOptions {
  signal?: AbortSignal;
  metadata?: Metadata;
}

/** How a message type turns into bytes and back: what the generated code offers for each message. */
export interface MessageCodec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** One method of a service, as the generated definitions describe it. */
export interface MethodDefinition<Req, Res> {
  readonly name: string;
  readonly requestType: MessageCodec<Req>;
  readonly responseType: MessageCodec<Res>;
}

/** A gRPC client over one connection, whatever carries it. It is not dialled again: one Duplex, one life. */
export class GrpcChannel {
  readonly #connection: Http2Connection;
  readonly #authority: string;

  /** Takes the connection over: closing the channel destroys it. */
  constructor(connection: Duplex, options: { authority?: string } = {}) {
    this.#connection = new Http2Connection(connection);
    this.#authority = options.authority ?? "localhost";
  }

  /** Whether calls can still be made. */
  get open(): boolean {
    return this.#connection.open;
  }

  /** Starts a call. The caller sends, ends and reads; see {@link ClientCall}. */
  call(path: string, options: CallOptions = {}): ClientCall {
    throwIfAborted(options.signal);
    if (!this.open) {
      const { error: cause } = this.#connection;
      throw new GrpcError(Code.UNAVAILABLE, "the connection to the daemon is closed", { cause });
    }
    const fields: Field[] = [
      [":method", "POST"],
      [":scheme", "http"],
      [":path", path],
      [":authority", this.#authority],
      ["content-type", "application/grpc"],
      ["te", "trailers"],
      ["user-agent", "tsbx"],
    ];
    for (const [key, values] of options.metadata?.entries() ?? []) {
      for (const value of values) fields.push([key, value]);
    }
    return new ClientCall(this.#connection.request(fields), options.signal ?? new AbortController().signal);
  }

  /** One request, one response. */
  async unary<Req, Res>(
    service: string,
    method: MethodDefinition<Req, Res>,
    request: Req,
    options: CallOptions = {},
  ): Promise<Res> {
    let response: Res | undefined;
    for await (const message of this.stream(service, method, request, options)) response = message;
    if (response === undefined) {
      throw new GrpcError(Code.INTERNAL, `${service}/${method.name} ended without a response`);
    }
    return response;
  }

  /** One request, any number of responses. Leaving the loop early cancels the call. */
  async *stream<Req, Res>(
    service: string,
    method: MethodDefinition<Req, Res>,
    request: Req,
    options: CallOptions = {},
  ): AsyncGenerator<Res, void, void> {
    const call = this.call(`/${service}/${method.name}`, options);
    call.send(method.requestType.encode(request).finish());
    call.end();
    let done = false;
    try {
      for await (const message of call.messages()) yield method.responseType.decode(message);
      done = true;
    } finally {
      if (!done) call.cancel();
    }
  }

  /** Ends the connection; calls under way fail. */
  close(): void {
    this.#connection.destroy();
  }
}
