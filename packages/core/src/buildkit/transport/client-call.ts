import { abortedError } from "../../errors.ts";
import { ErrorCode } from "../http2/frame.ts";
import type { Http2Stream } from "../http2/stream.ts";
import { GrpcStream } from "./grpc-stream.ts";
import { Metadata } from "./metadata.ts";
import { Code, decodeStatusMessage, GrpcError } from "./status.ts";

/** The client's side of a call that is under way. */
export class ClientCall extends GrpcStream {
  readonly signal: AbortSignal;
  /** What the server's headers say; a failing call may answer with one block that holds the status, too. */
  readonly #answer = new Metadata();
  readonly #ended: Promise<void>;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(stream: Http2Stream, signal: AbortSignal) {
    super(stream);
    this.signal = signal;
    stream.onHeaders = (fields) => {
      for (const [name, value] of fields) this.#answer.add(name, value);
    };
    this.#ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever cares asks; a call that is given up must not become an unhandled rejection.
    this.#ended.catch(() => {});
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Half-closes: we send nothing more. */
  end(): void {
    this.stream.end();
  }

  /** Gives the call up: the server sees it cancelled. */
  cancel(): void {
    this.stream.reset();
  }

  /** Resolves when the call has ended with OK, rejects with what it ended with instead. */
  override finished(): Promise<void> {
    return this.#ended;
  }

  protected override failure(): Error {
    if (this.signal.aborted) return abortedError(this.signal);
    const { error: cause, resetCode } = this.stream;
    if (resetCode === ErrorCode.CANCEL) {
      return new GrpcError(Code.CANCELLED, "the call was cancelled", { cause });
    }
    return new GrpcError(Code.UNAVAILABLE, "the connection to the daemon was lost", { cause });
  }

  protected override closed(): void {
    this.signal.removeEventListener("abort", this.#onAbort);
    const failure = this.#failure();
    if (failure) this.#settle?.reject(failure);
    else this.#settle?.resolve();
  }

  readonly #onAbort = (): void => this.stream.reset();

  #failure(): Error | undefined {
    const status = this.#answer.get("grpc-status");
    if (status === undefined) {
      const http = this.#answer.get(":status");
      if (http !== undefined && Number(http) !== 200) {
        return new GrpcError(Code.UNAVAILABLE, `the server answered with HTTP status ${http}, not with gRPC`);
      }
      return this.failure();
    }
    const code = codeOf(status);
    if (code === Code.OK) return undefined;
    if (this.signal.aborted) return abortedError(this.signal);
    const details = this.#answer.get("grpc-status-details-bin");
    return new GrpcError(
      code,
      decodeStatusMessage(this.#answer.get("grpc-message") ?? ""),
      details === undefined ? {} : { details: Buffer.from(details, "base64") },
    );
  }
}

/** What is no number, or none that is known, is unknown: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
function codeOf(status: string): number {
  const known: readonly number[] = Object.values(Code);
  return known.find((code) => String(code) === status) ?? Code.UNKNOWN;
}
