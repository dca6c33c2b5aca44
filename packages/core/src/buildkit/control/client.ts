import {
  type BuildHistoryEvent,
  ControlDefinition,
  type SolveRequest,
  type SolveResponse,
} from "../../gen/control.ts";
import type { ProgressEvent } from "../../progress/events.ts";
import type { CallOptions, GrpcChannel, MethodDefinition } from "../transport/channel.ts";
import { Code, GrpcError } from "../transport/status.ts";
import { cacheRecordOf, workerOf } from "./from-wire.ts";
import { progressEvent } from "./progress-event.ts";
import type { BuildkitVersion, CacheRecord, Worker } from "./records.ts";

const { fullName, methods } = ControlDefinition;

/** What to remove from the build cache, and what to keep. Absent limits do not limit. */
export interface PruneOptions extends CallOptions {
  /** containerd filters; a record is removed when one of them matches. */
  filter?: readonly string[];
  /** Internal and frontend records too. */
  all?: boolean;
  /** Milliseconds: records used more recently stay. */
  keepDuration?: number;
  /** Bytes. */
  reservedSpace?: number;
  maxUsedSpace?: number;
  minFreeSpace?: number;
}

/** @internal */
export interface HistoryOptions extends CallOptions {
  ref?: string;
  activeOnly?: boolean;
  /** Ends after what is there instead of following. */
  earlyExit?: boolean;
  filter?: readonly string[];
  limit?: number;
}

/** BuildKit's control service (`moby.buildkit.v1.Control`) over one connection. */
export class ControlClient {
  readonly channel: GrpcChannel;

  constructor(channel: GrpcChannel) {
    this.channel = channel;
  }

  /**
   * Runs a build; resolves when its exporters are done. Aborting cancels it on the daemon.
   * @internal messages of the wire are not part of the API
   */
  solve(request: SolveRequest, options?: CallOptions): Promise<SolveResponse> {
    return this.#unary(methods.solve, request, options);
  }

  /** What happens in the build `ref`; replays what is known, ends with the build. */
  async *status(ref: string, options?: CallOptions): AsyncGenerator<ProgressEvent, void, void> {
    for await (const message of this.channel.stream(fullName, methods.status, { ref }, options)) {
      yield progressEvent(message);
    }
  }

  async listWorkers(filter: readonly string[] = [], options?: CallOptions): Promise<Worker[]> {
    const response = await this.#unary(methods.listWorkers, { filter: [...filter] }, options);
    return response.record.map(workerOf);
  }

  /** Undefined from daemons before 0.11, which have no such call. */
  async info(options?: CallOptions): Promise<BuildkitVersion | undefined> {
    try {
      return (await this.#unary(methods.info, {}, options)).buildkitVersion;
    } catch (error) {
      if (error instanceof GrpcError && error.code === Code.UNIMPLEMENTED) return undefined;
      throw error;
    }
  }

  async diskUsage(filter: readonly string[] = [], options?: CallOptions): Promise<CacheRecord[]> {
    const request = { filter: [...filter], ageLimit: 0n };
    return (await this.#unary(methods.diskUsage, request, options)).record.map(cacheRecordOf);
  }

  /** Yields each record as it is removed. */
  async *prune(options: PruneOptions = {}): AsyncGenerator<CacheRecord, void, void> {
    const request = {
      filter: [...(options.filter ?? [])],
      all: options.all ?? false,
      keepDuration: BigInt(Math.round((options.keepDuration ?? 0) * 1e6)),
      reservedSpace: BigInt(options.reservedSpace ?? 0),
      maxUsedSpace: BigInt(options.maxUsedSpace ?? 0),
      minFreeSpace: BigInt(options.minFreeSpace ?? 0),
    };
    for await (const record of this.channel.stream(fullName, methods.prune, request, options)) {
      yield cacheRecordOf(record);
    }
  }

  /**
   * Builds that run and builds that are recorded; see the options for which and how long.
   * @internal
   */
  listenHistory(options: HistoryOptions = {}): AsyncGenerator<BuildHistoryEvent, void, void> {
    const request = {
      activeOnly: options.activeOnly ?? false,
      ref: options.ref ?? "",
      earlyExit: options.earlyExit ?? false,
      filter: [...(options.filter ?? [])],
      limit: options.limit ?? 0,
    };
    return this.channel.stream(fullName, methods.listenBuildHistory, request, options);
  }

  /** Deletes a recorded build, waits until its trace is stored, or pins it against being pruned. */
  async updateHistory(
    ref: string,
    change: "delete" | "finalize" | "pin" | "unpin",
    options?: CallOptions,
  ): Promise<void> {
    const request = {
      ref,
      pinned: change === "pin",
      delete: change === "delete",
      finalize: change === "finalize",
    };
    await this.#unary(methods.updateBuildHistory, request, options);
  }

  #unary<Req, Res>(method: MethodDefinition<Req, Res>, request: Req, options?: CallOptions): Promise<Res> {
    return this.channel.unary(fullName, method, request, options);
  }
}
