import { setMaxListeners } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type BuilderNode, type NodeRequest, openNode } from "@tsbx/core";
import type { Driver, DriverContext } from "@tsbx/core/driver";
import type { ConformanceOptions } from "./options.ts";

/** One run of a case: what it may use, and what is cleaned up after it. */
export class Trial {
  readonly options: ConformanceOptions;
  readonly signal: AbortSignal;
  /** An empty directory that goes with the trial. */
  readonly directory: string;
  readonly #opened: BuilderNode[] = [];

  constructor(options: ConformanceOptions, signal: AbortSignal, directory: string) {
    this.options = options;
    this.signal = signal;
    this.directory = directory;
  }

  static async start(options: ConformanceOptions, signal: AbortSignal): Promise<Trial> {
    const own = AbortSignal.any([signal]);
    // Calls at once all listen to it.
    setMaxListeners(0, own);
    return new Trial(options, own, await mkdtemp(join(options.temporaryDirectory, "case-")));
  }

  get driver(): Driver {
    return this.options.driver;
  }

  get context(): DriverContext {
    return contextOf(this.options);
  }

  /** The suite's node, not booted. */
  open(changes: Partial<NodeRequest> = {}, driver: Driver = this.driver): BuilderNode {
    const node = openNode(driver, { ...this.options.node, ...changes }, this.context);
    this.#opened.push(node);
    return node;
  }

  /** The suite's node, up. */
  async booted(): Promise<BuilderNode> {
    const node = this.open();
    await node.boot(() => {}, this.signal);
    return node;
  }

  /** The suite's node, with nothing left of an earlier boot. */
  async removed(): Promise<BuilderNode> {
    const node = this.open();
    await node.handle.remove({ keepState: false }, this.signal);
    return node;
  }

  async end(): Promise<void> {
    for (const node of this.#opened) await node.close();
    await rm(this.directory, { recursive: true });
  }
}

export function contextOf({ context, temporaryDirectory }: ConformanceOptions): DriverContext {
  return { env: {}, stateDir: join(temporaryDirectory, "state"), ...context };
}
