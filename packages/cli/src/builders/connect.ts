import type { BuilderNode, ControlClient } from "@tsbx/core";
import { withDeadline } from "@tsbx/core/driver";
import { TsbxError } from "@tsbx/core/errors";
import type { BuilderNodes } from "./open-nodes.ts";

/** A node whose daemon answers. */
export interface ConnectedNode {
  node: BuilderNode;
  client: ControlClient;
}

/**
 * Connects to the daemons of all nodes at once. Boots nothing.
 * @param timeout milliseconds for all of them together; 0 is no limit
 * @throws TsbxError `BUILDER_TIMEOUT`, or what the first node that fails says
 */
export function connectNodes(
  nodes: BuilderNodes,
  timeout: number,
  signal: AbortSignal,
): Promise<ConnectedNode[]> {
  const connect = (either: AbortSignal) =>
    Promise.all(nodes.map(async (node) => ({ node, client: await node.client(either) })));
  if (timeout === 0) return connect(signal);
  const expired = () =>
    new TsbxError(
      "BUILDER_TIMEOUT",
      `builder ${nodes[0].builder} did not answer within ${timeout / 1000} s`,
      { hint: "Give it more time with --timeout, or look at its nodes with tsbx inspect." },
    );
  return withDeadline(timeout, signal, expired, (either) =>
    connect(either).catch((error) => {
      // A node only knows that it was cancelled.
      throw either.aborted ? either.reason : error;
    }),
  );
}
