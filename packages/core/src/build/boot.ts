import type { BuilderNode } from "../builder/node.ts";
import type { ProgressMerge } from "./progress-merge.ts";
import { StepEvents } from "./step-events.ts";

interface Booting {
  progress: ProgressMerge;
  signal: AbortSignal;
  /** Whether the node is one of several, so that the step says which it is. */
  several: boolean;
}

/** Makes a node ready, as a step of the build's progress. */
export async function bootNode(node: BuilderNode, { progress, signal, several }: Booting): Promise<void> {
  const name = several ? `[${node.name} internal] booting buildkit` : "[internal] booting buildkit";
  const steps = new StepEvents(`boot:${node.name}`, name);
  progress.add(steps.events());
  try {
    await node.boot(steps.onStep, signal);
    steps.end();
  } catch (error) {
    steps.end(error);
    throw error;
  }
}
