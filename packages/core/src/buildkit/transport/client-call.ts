import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from "node:http2";
import type { Duplex } from "node:stream";
import { abortedError } from "../../errors.ts";
import { Http2MessageStream } from "./http2-stream.ts";
import { Code, decodeStatusMessage, GrpcError } from "./status.ts";

/** The client's side of a call that is under way. */
export class ClientCall extends Http2MessageStream {
  readonly signal: AbortSignal;
  /** The server's initial headers. Rejects when the call fails before they come. */
  readonly headers: Promise<IncomingHttpHeaders>;
  readonly #status: Promise<void>;
  readonly #http2: ClientHttp2Stream;
  readonly #connection: Duplex;

  /** @param connection what carries the stream */
  constructor(stream: ClientHttp2Stream, connection: Duplex, signal: AbortSignal) {
    super(stream);
    this.#http2 = stream;
    this.#connection = connection;
    this.signal = signal;
    this.headers = new Promise((resolve, reject) => {
      stream.once("response", (headers) => resolve(headers));
      stream.once("close", () => reject(this.failure()));
    });
    this.#status = new Promise((resolve, reject) => {
      // A failing call may answer with one header block that holds the status ("Trailers-Only").
      let status: IncomingHttpHeaders = {};
      stream.once("response", (headers) => {
        status = { ...headers };
      });
      stream.once("trailers", (trailers) => {
        status = { ...status, ...trailers };
      });
      stream.once("close", () => {
        const failure = this.#failureOf(status);
        if (failure) reject(failure);
        else resolve();
      });
    });
    // Whoever cares asks; a call that is given up must not become an unhandled rejection.
    this.headers.catch(() => {});
    this.#status.catch(() => {});
    const onAbort = () => {
      stream.close(constants.NGHTTP2_CANCEL);
      // After a peer has broken the protocol Node sends nothing more, and waits for ever to have sent this.
      stream.destroy();
    };
    if (signal.aborted) onAbort();
    else {
      signal.addEventListener("abort", onAbort, { once: true });
      stream.once("close", () => signal.removeEventListener("abort", onAbort));
    }
  }

  /** Half-closes: we send nothing more. */
  end(): void {
    this.#http2.end();
  }

  /** Gives the call up: the server sees it cancelled. */
  cancel(): void {
    this.#http2.close(constants.NGHTTP2_CANCEL);
  }

  /** Resolves when the call has ended with OK, rejects with what it ended with instead. */
  override finished(): Promise<void> {
    return this.#status;
  }

  protected override failure(): Error {
    if (this.signal.aborted) return abortedError(this.signal);
    // Streams whose connection closes are cancelled by Node too.
    if (this.#http2.rstCode === constants.NGHTTP2_CANCEL && !this.#connection.destroyed) {
      return new GrpcError(Code.CANCELLED, "the call was cancelled", { cause: this.cause });
    }
    return new GrpcError(Code.UNAVAILABLE, "the connection to the daemon was lost", { cause: this.cause });
  }

  #failureOf(headers: IncomingHttpHeaders): Error | undefined {
    const status = headers["grpc-status"];
    if (status === undefined) {
      const http = headers[":status"];
      if (http !== undefined && Number(http) !== 200) {
        return new GrpcError(Code.UNAVAILABLE, `the server answered with HTTP status ${http}, not with gRPC`);
      }
      return this.failure();
    }
    const code = codeOf(String(status));
    if (code === Code.OK) return undefined;
    if (this.signal.aborted) return abortedError(this.signal);
    const details = headers["grpc-status-details-bin"];
    return new GrpcError(
      code,
      decodeStatusMessage(String(headers["grpc-message"] ?? "")),
      details === undefined ? {} : { details: Buffer.from(String(details), "base64") },
    );
  }
}

/** What is no number, or none that is known, is unknown: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
function codeOf(status: string): number {
  const known: readonly number[] = Object.values(Code);
  return known.find((code) => String(code) === status) ?? Code.UNKNOWN;
}
