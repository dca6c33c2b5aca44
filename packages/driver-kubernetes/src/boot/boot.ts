import { type BootProgress, isTsbxError } from "@tsbx/core/driver";
import { UNREACHABLE } from "../api/errors.ts";
import { isEnding, type NodeObjects, readyReplicas } from "../cluster/node-objects.ts";
import { Creation } from "./creation.ts";
import { untilReady } from "./ready.ts";

/** The bound over undoing what was begun with a server that does not answer. */
const HOPELESS_UNDO_MS = 1000;

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
    await creation.undo(undoSignal(error)).catch(({ message }: Error) => {
      progress(`${node.subject} could not be removed again: ${message}`);
    });
    throw error;
  }
}

/** A server that has just failed to answer seldom does a moment later, and the user waits for the error. */
function undoSignal(error: unknown): AbortSignal {
  const lost = isTsbxError(error) && error.code === UNREACHABLE;
  return lost ? AbortSignal.timeout(HOPELESS_UNDO_MS) : new AbortController().signal;
}
