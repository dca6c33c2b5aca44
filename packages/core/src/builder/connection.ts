import type { ControlClient } from "../buildkit/control/client.ts";
import type { Worker } from "../buildkit/control/records.ts";
import type { NodeHandle } from "../driver/contract.ts";
import type { NodeFacts } from "../driver/node-facts.ts";

/** One connection to a node's daemon, with what was learnt of the daemon over it. */
export class NodeConnection {
  readonly client: ControlClient;
  readonly #handle: NodeHandle;
  #workers: readonly Worker[] | undefined;
  #facts: NodeFacts | undefined;

  constructor(client: ControlClient, handle: NodeHandle) {
    this.client = client;
    this.#handle = handle;
  }

  get open(): boolean {
    return this.client.channel.open;
  }

  /** The daemon's workers. Asked once. */
  async workers(signal: AbortSignal): Promise<readonly Worker[]> {
    this.#workers ??= await this.client.listWorkers([], { signal });
    return this.#workers;
  }

  /** What only the running node can tell. Asked once. */
  async facts(signal: AbortSignal): Promise<NodeFacts> {
    const probe = { workers: () => this.workers(signal) };
    this.#facts ??= (await this.#handle.probe?.(probe, signal)) ?? {};
    return this.#facts;
  }

  close(): void {
    this.client.channel.close();
  }
}
