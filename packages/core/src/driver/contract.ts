import type { Duplex } from "node:stream";
import type { Capabilities } from "../capability/capability.ts";

/** The version of this contract. A driver of another version is refused with an error that names both. */
export const CONTRACT_VERSION = 1;

/** One driver option (`--driver-opt name=value`), as data: validation, help and completion come out of it. */
export interface OptionSpec {
  type: "string" | "boolean" | "integer" | "duration" | "path" | "enum";
  /** One sentence for `tsbx create --help` and the driver's page. */
  doc: string;
  default?: string | boolean | number;
  /** The accepted values of an `enum`. */
  values?: readonly string[];
  /** An option whose name is a prefix, such as `env.` in `env.HTTP_PROXY=...`. */
  prefix?: boolean;
  required?: boolean;
}

export type OptionSchema = Readonly<Record<string, OptionSpec>>;

/** Validated option values, by name. Durations are milliseconds; paths are absolute. */
export type OptionValues = Readonly<Record<string, string | boolean | number>>;

/** One node of a builder as the store describes it, after validation against the driver's schema. */
export interface NodeConfig {
  builder: string;
  name: string;
  /** Where the node is; what it means is the driver's matter. Absent when the driver needs none. */
  endpoint?: string;
  options: OptionValues;
  /** Extra buildkitd flags, for drivers that start one. */
  buildkitdFlags?: readonly string[];
  /** Content of files for the node's buildkitd by relative path (`buildkitd.toml`, `certs/...`). */
  files?: Readonly<Record<string, Uint8Array>>;
}

/** What a driver gets from its host besides the node: nothing process-wide is read behind its back. */
export interface DriverContext {
  env: Readonly<Record<string, string | undefined>>;
  /** Directory for the driver's own state, created on demand by the driver (mode 0700). */
  stateDir: string;
}

export type NodeState = "inactive" | "starting" | "running" | "stopped" | "error";

export interface NodeStatus {
  state: NodeState;
  /** One line for people: why it is in this state, where it is. */
  detail?: string;
}

/** Receives the steps of a boot, one line each, as they happen. */
export type BootProgress = (step: string) => void;

/**
 * One node, reached through a driver. All methods may be called concurrently; each rejects with a
 * `TsbxError` when `signal` aborts. The host adds the builder's and node's name to errors.
 */
export interface NodeHandle {
  status(signal: AbortSignal): Promise<NodeStatus>;
  /** Makes the node able to answer {@link dial}. Idempotent, also under two callers at once. */
  boot(progress: BootProgress, signal: AbortSignal): Promise<void>;
  stop(signal: AbortSignal): Promise<void>;
  /** Removes what {@link boot} made; with `keepState` the build cache stays for the next boot. */
  remove(options: { keepState: boolean }, signal: AbortSignal): Promise<void>;
  /**
   * Opens one connection to the node's buildkitd: a byte stream that speaks HTTP/2 (gRPC) from the first
   * byte. Each call is a new connection; the caller destroys it.
   */
  dial(signal: AbortSignal): Promise<Duplex>;
  /** Opens a connection for the session alone, for daemons that have an endpoint of their own for it. */
  dialSession?(headers: ReadonlyArray<readonly [string, string]>, signal: AbortSignal): Promise<Duplex>;
  /** Capabilities that only the running node can tell; merged over the driver's declaration. */
  probe?(signal: AbortSignal): Promise<Partial<Capabilities>>;
  /** A local image store that a docker/OCI tar stream can be loaded into. */
  images?: { load(tar: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> };
  /** The last lines that the node's buildkitd wrote. */
  logs?(signal: AbortSignal): Promise<string>;
}

/** A driver: a plain object, the default export of its package. Made with `defineDriver`. */
export interface Driver {
  /** Name as in `--driver`, `^[a-z0-9][a-z0-9-]*$`. */
  name: string;
  contractVersion: typeof CONTRACT_VERSION;
  /** One sentence: what it is. */
  summary: string;
  options: OptionSchema;
  /** What the endpoint of a node means; `required` nodes are refused without one. */
  endpoint: { required: boolean; doc: string };
  capabilities: Capabilities;
  /** Proposes an endpoint that would work on this machine, or undefined. Must be quick and start nothing. */
  detect?(context: DriverContext, signal: AbortSignal): Promise<string | undefined>;
  /** Checks a node's endpoint; throws a `TsbxError` when it could never work. */
  checkEndpoint?(endpoint: string): void;
  /** Makes a handle. Does no I/O: that starts with the handle's methods. */
  connect(node: NodeConfig, context: DriverContext): NodeHandle;
}
