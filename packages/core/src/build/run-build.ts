import type { BuilderNode } from "../builder/node.ts";
import { capabilityNeeds, checkCapabilities, utmostCapabilities } from "../capability/check.ts";
import { abortedError } from "../errors.ts";
import { assignNodes } from "./assign-nodes.ts";
import { bootNode } from "./boot.ts";
import type { build } from "./build.ts";
import { answerOf, withoutResults } from "./call.ts";
import { grantHandlers } from "./grants.ts";
import { loadUnsupported } from "./load.ts";
import { buildOnNode } from "./node-build.ts";
import type { BuildOptions } from "./options.ts";
import type { Plan } from "./plan.ts";
import { planBuild } from "./plan-build.ts";
import type { ProgressMerge } from "./progress-merge.ts";
import type { BuildResult } from "./run.ts";
import type { Transfers } from "./transfers.ts";

interface StartedBuild {
  ref: string;
  options: BuildOptions;
  progress: ProgressMerge;
  transfers: Transfers;
  /** Learns the names of the nodes that build. */
  chosen: (names: readonly string[]) => void;
}

/** What {@link build} starts. */
export async function runBuild(
  nodes: readonly [BuilderNode, ...BuilderNode[]],
  { ref, options: given, progress, transfers, chosen }: StartedBuild,
): Promise<BuildResult> {
  const options = given.call ? withoutResults(given) : given;
  const signal = options.signal ?? new AbortController().signal;
  const cwd = options.cwd ?? process.cwd();
  try {
    const plan = await planBuild(options, cwd, signal);
    const grants = await grantHandlers(options, cwd);
    for (const node of nodes) await node.scoped(async () => checkBeforeBoot(node, options, plan));
    const boot = (node: BuilderNode) => bootNode(node, { progress, signal, several: nodes.length > 1 });
    const [first, ...others] = await assignNodes(nodes, options.platforms ?? [], boot, signal);
    chosen([first, ...others].map(({ node }) => node.name));
    const part = { ref, options, grants, progress, transfers, signal };
    // What one node's frontend says, the others' would say too.
    if (others.length > 0 && !options.call) {
      const { buildOnSeveral } = await import("./multi-node.ts");
      return await buildOnSeveral([first, ...others], part, cwd);
    }
    await boot(first.node);
    const exporterResponse = await buildOnNode({ ...part, node: first.node, plan });
    const digest = exporterResponse["containerimage.digest"];
    const answer = options.call && { answer: answerOf({ exporterResponse }) };
    const { name } = first.node;
    return {
      ref,
      node: name,
      ...(digest && { digest }),
      ...answer,
      exporterResponse,
      transfers: transfers.list(),
      notices: plan.notices,
    };
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
