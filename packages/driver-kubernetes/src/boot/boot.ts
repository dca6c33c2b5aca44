import type { BootProgress } from "@tsbx/core/driver";
import { isEnding, type NodeObjects, readyReplicas } from "../cluster/node-objects.ts";
import { Creation } from "./creation.ts";
import { untilReady } from "./ready.ts";

/**
 * Makes the node's pods and waits for them. A node that has a ready pod is left as it is: it can build.
 * What was made is removed again when it does not get ready.
 * @param timeout milliseconds
 * @throws TsbxError `KUBERNETES_NOT_READY` with what the cluster has recorded, or what the API server refuses
 */
export async function bootNode(
  node: NodeObjects,
  timeout: number,
  progress: BootProgress,
  signal: AbortSignal,
): Promise<void> {
  const found = await node.workloads.get(node.settings.name, signal);
  if (found && !isEnding(found) && readyReplicas(found) > 0) return;
  const creation = new Creation(node);
  try {
    await untilReady(node, creation, timeout, progress, signal);
  } catch (error) {
    await creation.undo().catch(({ message }: Error) => {
      progress(`${node.subject} could not be removed again: ${message}`);
    });
    throw error;
  }
}
