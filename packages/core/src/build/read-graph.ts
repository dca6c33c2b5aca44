import type { BuildGraph } from "../explain/graph.ts";
import { readSteps } from "../explain/read-steps.ts";
import type { Result } from "../gen/gateway.ts";
import type { Plan } from "./plan.ts";

/** The steps of what a frontend made, and the directories that they may ask for. */
export function readGraph(node: string, { ref, refs }: Result, { dirs }: Pick<Plan, "dirs">): BuildGraph {
  const definitions = [ref, ...Object.values(refs?.refs ?? {})].flatMap((each) => each?.def ?? []);
  const onDisk = [...dirs].flatMap(([mount, source]) => ("root" in source ? [[mount, source.root]] : []));
  return { node, steps: readSteps(definitions), directories: Object.fromEntries(onDisk) };
}
