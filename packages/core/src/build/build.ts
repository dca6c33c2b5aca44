import type { BuilderNode } from "../builder/node.ts";
import { capabilityNeeds, checkCapabilities, utmostCapabilities } from "../capability/check.ts";
import { abortedError } from "../errors.ts";
import { assignNodes } from "./assign-nodes.ts";
import { bootNode } from "./boot.ts";
import { grantHandlers } from "./grants.ts";
import { loadUnsupported } from "./load.ts";
import { buildOnSeveral } from "./multi-node.ts";
import { buildOnNode } from "./node-build.ts";
import type { BuildOptions } from "./options.ts";
import type { Plan } from "./plan.ts";
import { planBuild } from "./plan-build.ts";
import { ProgressMerge } from "./progress-merge.ts";
import { newRef } from "./ref.ts";
import type { BuildResult, BuildRun } from "./run.ts";

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
  const result = run("config" in nodes ? [nodes] : nodes, ref, options, progress).finally(() =>
    progress.end(),
  );
  // Whoever reads only the progress must not be killed by a rejection that they never asked for.
  result.catch(() => {});
  return { ref, result, progress: progress.events() };
}

async function run(
  nodes: readonly [BuilderNode, ...BuilderNode[]],
  ref: string,
  options: BuildOptions,
  progress: ProgressMerge,
): Promise<BuildResult> {
  const signal = options.signal ?? new AbortController().signal;
  const cwd = options.cwd ?? process.cwd();
  try {
    const plan = await planBuild(options, cwd, signal);
    const grants = await grantHandlers(options, cwd);
    for (const node of nodes) await node.scoped(async () => checkBeforeBoot(node, options, plan));
    const [first, ...others] = await assignNodes(
      nodes,
      options.platforms ?? [],
      (node) => bootNode(node, progress, signal),
      signal,
    );
    const part = { ref, options, grants, progress, signal };
    if (others.length > 0) return await buildOnSeveral([first, ...others], part, cwd);
    await bootNode(first.node, progress, signal);
    const exporterResponse = await buildOnNode({ ...part, node: first.node, plan });
    const digest = exporterResponse["containerimage.digest"];
    return { ref, node: first.node.name, ...(digest && { digest }), exporterResponse, notices: plan.notices };
  } catch (error) {
    // What fails because of the cancellation is not what happened.
    throw signal.aborted ? abortedError(signal) : error;
  }
}

/** What no node of the driver can do fails before one is started. */
function checkBeforeBoot({ driver, handle }: BuilderNode, options: BuildOptions, plan: Plan): void {
  const utmost = utmostCapabilities(driver);
  checkCapabilities(capabilityNeeds(options), utmost, driver);
  const stores = [...plan.loads.values()].map((store) => store ?? handle.images ?? options.imageStore);
  if (!utmost.autoLoad && stores.includes(undefined)) throw loadUnsupported();
}
