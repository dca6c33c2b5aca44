import type { BuilderNode } from "../builder/node.ts";
import type { ProgressMerge } from "./progress-merge.ts";
import { StepEvents } from "./step-events.ts";

/** Makes a node ready, as a step of the build's progress. */
export async function bootNode(
  node: BuilderNode,
  progress: ProgressMerge,
  signal: AbortSignal,
): Promise<void> {
  const steps = new StepEvents(`boot:${node.name}`, "[internal] booting buildkit");
  progress.add(steps.events());
  try {
    await node.boot(steps.onStep, signal);
    steps.end();
  } catch (error) {
    steps.end(error);
    throw error;
  }
}
