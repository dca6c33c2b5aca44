import * as http2 from "node:http2";
import type { Duplex } from "node:stream";
import { throwIfAborted } from "../../errors.ts";
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

/**
 * What we grant the daemon to send before we read. Large enough for a fast local daemon and for a remote
 * one with some latency; it bounds what a slow reader can make us hold.
 */
const STREAM_WINDOW = 4 * 1024 * 1024;
const CONNECTION_WINDOW = 16 * 1024 * 1024;

/** A gRPC client over one connection, whatever carries it. It is not dialled again: one Duplex, one life. */
export class GrpcChannel {
  readonly #session: http2.ClientHttp2Session;
  readonly #connection: Duplex;
  readonly #authority: string;
  #lost: Error | undefined;
  #closing = false;

  /** Takes the connection over: closing the channel destroys it. */
  constructor(connection: Duplex, options: { authority?: string } = {}) {
    this.#connection = connection;
    this.#authority = options.authority ?? "localhost";
    this.#session = http2.connect(`http://${this.#authority}`, {
      createConnection: () => connection,
      settings: { initialWindowSize: STREAM_WINDOW, enablePush: false, maxFrameSize: 1024 * 1024 },
      maxSessionMemory: 1024,
    });
    this.#session.on("error", (error) => {
      this.#lost = error;
    });
    this.#session.once("connect", () => {
      // It may have been closed before it was made.
      if (!this.#session.destroyed) this.#session.setLocalWindowSize(CONNECTION_WINDOW);
    });
    // A channel that is open but idle does not keep the process alive; a call does.
    connection.once("close", () => this.#session.destroy());
  }

  /** Whether calls can still be made. */
  get open(): boolean {
    return !this.#closing && !this.#session.closed && !this.#session.destroyed;
  }

  /** Starts a call. The caller sends, ends and reads; see {@link ClientCall}. */
  call(path: string, options: CallOptions = {}): ClientCall {
    throwIfAborted(options.signal);
    if (!this.open) {
      throw new GrpcError(Code.UNAVAILABLE, "the connection to the daemon is closed", { cause: this.#lost });
    }
    const headers: http2.OutgoingHttpHeaders = {
      ":method": "POST",
      ":path": path,
      ":scheme": "http",
      ":authority": this.#authority,
      "content-type": "application/grpc",
      te: "trailers",
      "user-agent": "tsbx",
    };
    for (const [key, values] of options.metadata?.entries() ?? []) headers[key] = values;
    const stream = this.#session.request(headers, { endStream: false });
    return new ClientCall(stream, this.#connection, options.signal ?? new AbortController().signal);
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
    options: CallOptions & { onHeaders?: (headers: http2.IncomingHttpHeaders) => void } = {},
  ): AsyncGenerator<Res, void, void> {
    const call = this.call(`/${service}/${method.name}`, options);
    if (options.onHeaders) call.headers.then(options.onHeaders, () => {});
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
    this.#closing = true;
    // A tick after its making, Node feeds a session what the connection had buffered, destroyed or not.
    process.nextTick(() => this.#session.destroy());
  }
}
