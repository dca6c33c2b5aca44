import type { Duplex } from "node:stream";
import type { CredentialProvider } from "../buildkit/session/auth/provider.ts";
import type { Capabilities, CapabilityVariant } from "../capability/capability.ts";
import type { ImageStore } from "./image-store.ts";
import type { NodeFacts, NodeProbe } from "./node-facts.ts";
import type { OptionSchema, OptionValues } from "./option-schema.ts";
import type { StepProgress } from "./step-progress.ts";

/** The version of this contract. A driver of another version is refused with an error that names both. */
export const CONTRACT_VERSION = 1;

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
  /** What every node of this driver can do, at the least. */
  capabilities: Capabilities;
  /** What more some of its nodes can do, as their {@link NodeHandle.probe} tells. */
  variants?: readonly CapabilityVariant[];
  /** Builders come out of {@link builders} alone: `create` is refused. */
  implicitOnly?: boolean;
  /** Proposes an endpoint that would work on this machine, or undefined. Must be quick and start nothing. */
  detect?(context: DriverContext, signal: AbortSignal): Promise<string | undefined>;
  /** Builders that exist without having been created, such as one for each Docker context. Asks no daemon. */
  builders?(context: DriverContext, signal: AbortSignal): Promise<readonly ImplicitBuilder[]>;
  /** Completes a node that is being created with what was not given: its name, its endpoint, its flags. */
  prepareNode?(node: NewNode, context: DriverContext, signal: AbortSignal): Promise<NewNode>;
  /** Checks a node's endpoint; throws a `TsbxError` when it could never work. */
  checkEndpoint?(endpoint: string): void;
  /** Makes a handle. Does no I/O: that starts with the handle's methods. */
  connect(node: NodeConfig, context: DriverContext): NodeHandle;
  /**
   * A local image store that this machine has besides any builder. `target` is what the user chose it with
   * (`--output type=docker,context=...`).
   */
  imageStore?(target: string | undefined, context: DriverContext): ImageStore;
}

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
  /** What only the running node can tell. Asked once for each connection. */
  probe?(daemon: NodeProbe, signal: AbortSignal): Promise<NodeFacts>;
  /** Builds that name no output are loaded into {@link images}. */
  defaultLoad?: boolean;
  /** Each build gets a connection of its own, so that builds spread over the node's replicas. */
  connectionPerBuild?: boolean;
  /** The local image store beside the node, for `--load`. */
  images?: ImageStore;
  /**
   * Pushes an image out of the node's own store, where its BuildKit does not push; see `NodeFacts.pushes`.
   * Resolves with the digest of the pushed manifest, where that is known.
   */
  push?(reference: string, progress: StepProgress, signal: AbortSignal): Promise<string | undefined>;
  /** The version of the node's BuildKit, where the daemon is too old to tell it itself. */
  version?(signal: AbortSignal): Promise<string | undefined>;
  /** The last lines that the node's buildkitd wrote. */
  logs?(signal: AbortSignal): Promise<string>;
}

/** One node of a builder as the store describes it, after validation against the driver's schema. */
export interface NodeConfig {
  builder: string;
  name: string;
  /** Where the node is; what it means is the driver's matter. Absent when the driver needs none. */
  endpoint?: string;
  options: OptionValues;
  /** Platforms, as `os/arch[/variant]`, that the node was created for. */
  platforms?: readonly string[];
  /** Extra buildkitd flags, for drivers that start one. */
  buildkitdFlags?: readonly string[];
  /** Content of files for the node's buildkitd by relative path (`buildkitd.toml`, `certs/...`). */
  files?: Readonly<Record<string, Uint8Array>>;
}

/** A node that is being created, with what was given. */
export interface NewNode {
  builder: string;
  /** The node's place among the builder's, from 0. */
  index: number;
  name?: string;
  endpoint?: string;
  /** As text, already checked against the driver's schema. */
  options: Readonly<Record<string, string>>;
  buildkitdFlags: readonly string[];
  /** The buildkitd configuration that comes with it, parsed. */
  buildkitdConfig?: Readonly<Record<string, unknown>>;
}

export interface ImplicitBuilder {
  name: string;
  endpoint: string;
}

/** What a driver gets from its host besides the node: nothing process-wide is read behind its back. */
export interface DriverContext {
  env: Readonly<Record<string, string | undefined>>;
  /** Directory for the driver's own state, created on demand by the driver (mode 0700). */
  stateDir: string;
  /** For the images that the driver itself pulls. Default: none, registries are asked anonymously. */
  credentials?: CredentialProvider;
  /** What the connection is for, as a stable text such as a context's path: equal texts meet on one replica. */
  affinity?: string;
}

/** Receives the steps of a boot as they happen. */
export type BootProgress = StepProgress;

export type NodeState = "inactive" | "starting" | "running" | "stopping" | "stopped" | "error";

export interface NodeStatus {
  state: NodeState;
  /** One line for people: why it is in this state, where it is. */
  detail?: string;
  /** The daemons behind a node that has several: each is shown as a node of its own. */
  replicas?: readonly NodeReplica[];
}

export interface NodeReplica {
  name: string;
  platforms?: readonly string[];
}
