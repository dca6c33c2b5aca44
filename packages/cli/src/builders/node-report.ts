import type { BuilderNode, NodeRequest, Worker } from "@tsbx/core";
import { type Capabilities, type NodeState, withDeadline } from "@tsbx/core/driver";
import { TsbxError } from "@tsbx/core/errors";
import type { Builder } from "./builder.ts";
import type { BuilderHost } from "./host.ts";
import { closeNodes, openNodes } from "./open-nodes.ts";

/** What was learnt of a node by asking it. */
export interface NodeReport {
  /** How it is configured; of a replica, how its node is. */
  node: NodeRequest;
  /** The node's own name, or its replica's. */
  name: string;
  state?: NodeState;
  /** Why it is in this state. */
  detail?: string;
  /** Of its BuildKit. */
  version?: string;
  workers: readonly Worker[];
  /** What it can do, as far as its state allows to tell. */
  capabilities: Capabilities;
  /** Why it could not be asked. */
  error?: Error;
}

/** What was learnt of a builder by asking its nodes. */
export interface BuilderReport {
  builder: Builder;
  lastActivity?: Date;
  nodes: readonly NodeReport[];
  /** The nodes come and go by themselves. */
  dynamic: boolean;
  /** Why none of the nodes could be asked. */
  error?: Error;
}

/**
 * Asks all nodes of a builder at once. Boots nothing. Whatever fails is part of the report.
 * @param timeout milliseconds for all of it; 0 is no limit
 */
export async function reportBuilder(
  builder: Builder,
  host: BuilderHost,
  timeout: number,
): Promise<BuilderReport> {
  const report = { builder, nodes: [], dynamic: false };
  try {
    const [driver, lastActivity] = await Promise.all([
      host.drivers.load(builder.driver),
      host.store.lastActivity(builder.name),
    ]);
    const nodes = openNodes(builder, driver, host, await import("@tsbx/core"));
    try {
      const lists = await Promise.all(
        nodes.map((node, index) => reportNode(node, builder.nodes[index]!, timeout, host.signal)),
      );
      const dynamic = lists.every((list) => list.some(({ name, node }) => name !== node.name));
      return { ...report, dynamic, nodes: lists.flat(), ...(lastActivity && { lastActivity }) };
    } finally {
      await closeNodes(nodes);
    }
  } catch (error) {
    if (host.signal.aborted) throw error;
    return { ...report, error: error as Error };
  }
}

/** The node's report, or one for each of its replicas. */
async function reportNode(
  opened: BuilderNode,
  node: NodeRequest,
  timeout: number,
  signal: AbortSignal,
): Promise<NodeReport[]> {
  const { capabilities } = opened.driver;
  const unanswered: NodeReport = { node, name: opened.name, workers: [], capabilities };
  let known: Partial<NodeReport> = {};
  const ask = async (either: AbortSignal): Promise<NodeReport[]> => {
    const { state, detail, replicas } = await opened.scoped(() => opened.handle.status(either));
    known = { state, ...(detail !== undefined && { detail }) };
    const report = { ...unanswered, ...known };
    if (state !== "running") return [report];
    const { client, ...connection } = await connected(opened, either);
    const [workers, version, capabilities] = await Promise.all([
      connection.workers,
      versionOf(opened, client, either),
      opened.capabilities(either),
    ]);
    const answered = { ...report, workers, capabilities, ...(version && { version }) };
    return replicas ? replicas.map(({ name }) => ({ ...answered, name })) : [answered];
  };
  try {
    return timeout === 0 ? await ask(signal) : await withDeadline(timeout, signal, expired(timeout), ask);
  } catch (error) {
    if (signal.aborted) throw error;
    return [{ ...unanswered, ...known, error: error as Error }];
  }
}

async function connected(node: BuilderNode, signal: AbortSignal) {
  const connection = await node.connection(signal);
  return { client: connection.client, workers: connection.workers(signal) };
}

async function versionOf(
  { handle }: BuilderNode,
  client: Awaited<ReturnType<BuilderNode["client"]>>,
  signal: AbortSignal,
): Promise<string | undefined> {
  return (await client.info({ signal }))?.version || handle.version?.(signal);
}

function expired(timeout: number) {
  return () => new TsbxError("NODE_TIMEOUT", `it did not answer within ${timeout / 1000} s`);
}
