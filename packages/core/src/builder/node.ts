import { ControlClient } from "../buildkit/control/client.ts";
import { GrpcChannel } from "../buildkit/transport/channel.ts";
import type { Capabilities } from "../capability/capability.ts";
import { checkConfigurable } from "../capability/check.ts";
import type { BootProgress, Driver, DriverContext, NodeConfig, NodeHandle } from "../driver/contract.ts";
import { parseDriverOptions } from "../driver/options.ts";
import { isTsbxError, TsbxError, throwIfAborted } from "../errors.ts";
import { NodeConnection } from "./connection.ts";

/** A node as it is asked for: like {@link NodeConfig}, with the options still as text. */
export interface NodeRequest extends Omit<NodeConfig, "options"> {
  options?: Readonly<Record<string, string>>;
}

/**
 * One node of a builder, ready to be used: checked input, one connection that is made when it is first
 * needed and shared by all builds on the node. Dispose of it (or call `close`) when done.
 */
export class BuilderNode implements AsyncDisposable {
  readonly driver: Driver;
  readonly config: NodeConfig;
  readonly handle: NodeHandle;
  #shared: Promise<NodeConnection> | undefined;

  constructor(driver: Driver, config: NodeConfig, handle: NodeHandle) {
    this.driver = driver;
    this.config = config;
    this.handle = handle;
  }

  get builder(): string {
    return this.config.builder;
  }

  get name(): string {
    return this.config.name;
  }

  /** Makes the node ready: starts what the driver has to start. Idempotent. */
  async boot(progress: BootProgress = () => {}, signal: AbortSignal = NEVER): Promise<void> {
    await this.scoped(() => this.handle.boot(progress, signal));
  }

  /** The control service of the node's daemon. Boots nothing: a node that is down is an error. */
  async client(signal: AbortSignal = NEVER): Promise<ControlClient> {
    return (await this.connection(signal)).client;
  }

  /** The connection that all share. Boots nothing. */
  async connection(signal: AbortSignal = NEVER): Promise<NodeConnection> {
    throwIfAborted(signal);
    const previous = this.#shared;
    const current = await previous?.catch(() => undefined);
    if (current?.open) return current;
    // Of those that waited together, one dials and the others take what it gets.
    if (this.#shared !== previous) return this.connection(signal);
    const dialling = this.#dial(signal);
    this.#shared = dialling;
    return dialling;
  }

  /** Runs an action on a connection: the shared one, or one of its own where the node spreads its builds. */
  async connected<T>(action: (connection: NodeConnection) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (!this.handle.connectionPerBuild) return action(await this.connection(signal));
    const own = await this.#dial(signal);
    try {
      return await action(own);
    } finally {
      own.close();
    }
  }

  /** What the node can do: what its driver declares and what its running daemon tells. Boots nothing. */
  async capabilities(signal: AbortSignal = NEVER): Promise<Capabilities> {
    const { capabilities } = this.driver;
    if (!this.handle.probe) return capabilities;
    const facts = await this.scoped(async () => (await this.connection(signal)).facts(signal));
    return { ...capabilities, ...facts.capabilities };
  }

  async close(): Promise<void> {
    const connection = await this.#shared?.catch(() => undefined);
    connection?.close();
    this.#shared = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Runs an action; a failure of it names the builder and the node. */
  async scoped<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (isTsbxError(error)) {
        error.builder ??= this.builder;
        error.node ??= this.name;
      }
      throw error;
    }
  }

  #dial(signal: AbortSignal): Promise<NodeConnection> {
    return this.scoped(async () => {
      const channel = new GrpcChannel(await this.handle.dial(signal));
      return new NodeConnection(new ControlClient(channel), this.handle);
    });
  }
}

const NEVER = new AbortController().signal;

/**
 * Checks a node's configuration against its driver and makes it usable. Does no I/O.
 * @throws TsbxError `INVALID_DRIVER_OPTION`, `ENDPOINT_REQUIRED`, `CAPABILITY_MISSING` when its daemon cannot be
 *   configured, or what the driver says of the endpoint.
 */
export function openNode(driver: Driver, request: NodeRequest, context: DriverContext): BuilderNode {
  try {
    const config = checkedConfig(driver, request);
    return new BuilderNode(driver, config, driver.connect(config, context));
  } catch (error) {
    if (isTsbxError(error)) {
      error.builder ??= request.builder;
      error.node ??= request.name;
    }
    throw error;
  }
}

function checkedConfig(driver: Driver, { options = {}, ...rest }: NodeRequest): NodeConfig {
  const { endpoint, files = {}, buildkitdFlags = [] } = rest;
  if (driver.endpoint.required && !endpoint) {
    throw new TsbxError("ENDPOINT_REQUIRED", `driver ${driver.name} needs an endpoint`, {
      hint: driver.endpoint.doc,
    });
  }
  if (endpoint) driver.checkEndpoint?.(endpoint);
  checkConfigurable(driver, [
    ...(Object.keys(files).length > 0 ? (["--buildkitd-config"] as const) : []),
    ...(buildkitdFlags.length > 0 ? (["--buildkitd-flags"] as const) : []),
  ]);
  return { ...rest, options: parseDriverOptions(driver.options, options, { driver: driver.name }) };
}
