import {
  PingRequest,
  PongResponse,
  ReadFileRequest,
  ReadFileResponse,
  type Result,
  ReturnRequest,
  ReturnResponse,
  SolveRequest,
  SolveResponse,
} from "../../gen/gateway.ts";
import type { GrpcChannel, MethodDefinition } from "../transport/channel.ts";
import { Metadata } from "../transport/metadata.ts";

const SERVICE = "moby.buildkit.v1.frontend.LLBBridge";
// Not the generated definition: it would bring along the messages of every method.
const PING = { name: "Ping", requestType: PingRequest, responseType: PongResponse };
const SOLVE = { name: "Solve", requestType: SolveRequest, responseType: SolveResponse };
const READ_FILE = { name: "ReadFile", requestType: ReadFileRequest, responseType: ReadFileResponse };
const RETURN = { name: "Return", requestType: ReturnRequest, responseType: ReturnResponse };

/** What a frontend can ask of BuildKit inside one build (`moby.buildkit.v1.frontend.LLBBridge`). */
export class Gateway {
  readonly #channel: GrpcChannel;
  readonly #metadata: Metadata;
  readonly #signal: AbortSignal;

  /** Joins the build `ref`, which a solve request without a frontend has opened or is about to open. */
  constructor(channel: GrpcChannel, ref: string, signal: AbortSignal) {
    this.#channel = channel;
    this.#metadata = Metadata.of([["buildkit-controlapi-buildid", ref]]);
    this.#signal = signal;
  }

  /** Runs a frontend. Results are lazy: exporting, reading or evaluating one is what builds it. */
  async solve(request: Partial<SolveRequest>): Promise<Result | undefined> {
    const response = await this.#unary(
      SOLVE,
      SolveRequest.fromPartial({ ...request, allowResultReturn: true, allowResultArrayRef: true }),
    );
    return response.result;
  }

  /** What builds on this daemon can make use of, by BuildKit's ids. */
  async capabilities(): Promise<ReadonlySet<string>> {
    const { llbCaps } = await this.#unary(PING, {});
    return new Set(llbCaps.filter(({ enabled }) => enabled).map(({ id }) => id));
  }

  /** Up to `limit` bytes of a file in a result, which is built for it. */
  async readFile(ref: string, filePath: string, limit: number): Promise<Uint8Array> {
    const range = { offset: 0n, length: BigInt(limit) };
    return (await this.#unary(READ_FILE, { ref, filePath, range, mountIndex: 0 })).data;
  }

  /** Ends the build with a result for its exporters, or with an error. */
  async return(outcome: Partial<ReturnRequest>): Promise<void> {
    await this.#unary(RETURN, { result: undefined, error: undefined, ...outcome });
  }

  #unary<Req, Res>(method: MethodDefinition<Req, Res>, request: Req): Promise<Res> {
    return this.#channel.unary(SERVICE, method, request, {
      metadata: this.#metadata,
      signal: this.#signal,
    });
  }
}
