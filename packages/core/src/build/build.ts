import type { BuilderNode } from "../builder/node.ts";
import type { BuildOptions } from "./options.ts";
import { ProgressMerge } from "./progress-merge.ts";
import { newRef } from "./ref.ts";
import type { BuildRun } from "./run.ts";
import { Transfers } from "./transfers.ts";

/** One node, or all nodes of a builder. */
export type BuildNodes = BuilderNode | readonly [BuilderNode, ...BuilderNode[]];

/**
 * Builds on a node, or on those of several nodes that the platforms ask for. Everything that can be wrong with
 * the options is found before a daemon hears of the build; what goes wrong, goes wrong in `result`, which
 * rejects with a `TsbxError`.
 *
 * @example
 * const run = build(node, { context: "./app", outputs: [{ type: "local", dest: "./out" }] });
 * for await (const event of run.progress) for (const vertex of event.vertexes) console.log(vertex.name);
 * const { digest } = await run.result;
 */
export function build(nodes: BuildNodes, options: BuildOptions): BuildRun {
  const ref = newRef();
  const progress = new ProgressMerge();
  const transfers = new Transfers();
  let chosen: (names: readonly string[]) => void;
  const named = new Promise<readonly string[]>((resolve) => {
    chosen = resolve;
  });
  // Loaded now: many programs that import this package only look at builders.
  const result = import("./run-build.ts")
    .then(({ runBuild }) =>
      runBuild("config" in nodes ? [nodes] : nodes, { ref, options, progress, transfers, chosen }),
    )
    .finally(() => progress.end());
  // Whoever reads only the progress must not be killed by a rejection that they never asked for.
  result.catch(() => {});
  const nodesOrFailure = Promise.race([named, result.then(({ node }) => [node])]);
  nodesOrFailure.catch(() => {});
  return {
    ref,
    nodes: nodesOrFailure,
    result,
    progress: progress.events(),
    get transfers() {
      return transfers.list();
    },
  };
}
