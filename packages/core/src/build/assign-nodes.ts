import type { BuilderNode } from "../builder/node.ts";
import { type Assignment, assignBooted, assignDeclared, type BootedNode } from "./assign.ts";

/**
 * Chooses the nodes of a build by its platforms. Nodes are started only where the platforms that they were
 * created for do not tell enough; one that cannot be started is passed over while others can do its part.
 * @param platforms none chooses the first node
 * @param boot makes a node ready
 * @throws TsbxError what `boot` throws, when a node that is needed cannot be started
 */
export async function assignNodes(
  nodes: readonly [BuilderNode, ...BuilderNode[]],
  platforms: readonly string[],
  boot: (node: BuilderNode) => Promise<void>,
  signal: AbortSignal,
): Promise<[Assignment, ...Assignment[]]> {
  const declared = assignDeclared(nodes, platforms);
  if (declared) return declared;
  const outcomes = await Promise.allSettled(nodes.map((node) => booted(node, boot, signal)));
  const up = outcomes.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value);
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  const assigned = up.length > 0 ? assignBooted(up, platforms) : undefined;
  if (assigned && (!failure || assigned.claimed)) return assigned.assignments;
  throw failure?.reason;
}

async function booted(
  node: BuilderNode,
  boot: (node: BuilderNode) => Promise<void>,
  signal: AbortSignal,
): Promise<BootedNode> {
  await boot(node);
  const workers = await node.scoped(async () => (await node.connection(signal)).workers(signal));
  return { node, platforms: workers.flatMap(({ platforms }) => platforms) };
}
