import type { Duplex, Readable } from "node:stream";

/** One request to Docker's Engine API. */
export interface EngineRequest {
  /** Parameters; those that are undefined are left out. */
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** A header given several values is sent as so many lines. */
  headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Bytes, at once or as they come, are sent as they are (by default `application/x-tar`); all else as JSON. */
  body?: unknown;
  /**
   * The daemon need not work for the answer: one that says nothing for some seconds is stuck, and
   * `ENGINE_UNREACHABLE`.
   */
  prompt?: boolean;
  signal: AbortSignal;
}

/** A request that turns its connection into a stream. */
export interface UpgradeRequest extends EngineRequest {
  /** What is spoken afterwards: `h2c` for BuildKit, `tcp` for the streams of a container. */
  protocol: "h2c" | "tcp";
}

/**
 * A Docker daemon's Engine API. Paths are without the version, which is negotiated: the newest that both sides
 * know, or `DOCKER_API_VERSION`. All methods throw `ENGINE_UNREACHABLE` when the daemon cannot be reached,
 * `ENGINE_ERROR` (an `EngineError`, with the HTTP `status`) when it refuses, and `ABORTED`.
 */
export interface Engine {
  /** What it is and where, for messages: `Docker at unix:///var/run/docker.sock`. */
  readonly description: string;
  /** The version of the API that is spoken, such as `1.48`. Asks the daemon once. */
  apiVersion(signal: AbortSignal): Promise<string>;
  /** The answer as JSON; undefined when it is empty. */
  json<T>(method: string, path: string, request: EngineRequest): Promise<T>;
  /** The answer as it streams in. `signal` also ends it. A body that fails destroys it with its error. */
  stream(method: string, path: string, request: EngineRequest): Promise<Readable>;
  /** Posts, and gives the connection that the daemon then leaves to the caller, who destroys it. */
  upgrade(path: string, request: UpgradeRequest): Promise<Duplex>;
  /** A new connection to the daemon, on which nothing has been said. */
  dial(signal: AbortSignal): Promise<Duplex>;
}
