import type { BuilderNode } from "../builder/node.ts";
import { isSamePlatform, platformFit } from "../image/platform-match.ts";

/** A node and the platforms it is to build for; none means its own. */
export interface Assignment {
  node: BuilderNode;
  platforms: readonly string[];
}

/** A node with the platforms that its running daemon reports. */
export interface BootedNode {
  node: BuilderNode;
  platforms: readonly string[];
}

type Assignments = [Assignment, ...Assignment[]];

/**
 * Chooses nodes by the platforms that they were created for alone. Undefined when those do not tell for each
 * of `platforms`: then all nodes have to be asked, see {@link assignBooted}.
 */
export function assignDeclared(
  nodes: readonly [BuilderNode, ...BuilderNode[]],
  platforms: readonly string[],
): Assignments | undefined {
  if (nodes.length === 1 || platforms.length === 0) return [{ node: nodes[0], platforms }];
  const chosen = platforms.map((wanted) =>
    nodes.find((node) => node.config.platforms?.some((offered) => isSamePlatform(wanted, offered))),
  );
  return chosen.every((node) => node !== undefined) ? grouped(chosen, platforms) : undefined;
}

/**
 * Chooses the best of the running nodes for each platform: what a node was created for goes before what its
 * daemon reports, and a platform that nobody claims goes to the first node.
 * @returns also whether every platform was claimed
 */
export function assignBooted(
  nodes: readonly BootedNode[],
  platforms: readonly string[],
): { assignments: Assignments; claimed: boolean } {
  const chosen = platforms.map((wanted) => {
    const declared = nodes.map(({ node }) => ({ node, fit: fit(wanted, node.config.platforms ?? []) }));
    const reported = nodes.map(({ node, platforms }) => ({ node, fit: fit(wanted, platforms) }));
    return best(declared) ?? best(reported);
  });
  const assignments = grouped(
    chosen.map((node) => node ?? nodes[0]!.node),
    platforms,
  );
  return { assignments, claimed: !chosen.includes(undefined) };
}

function fit(wanted: string, offered: readonly string[]): number {
  return Math.min(...offered.map((each) => platformFit(wanted, each) ?? Infinity));
}

function best(candidates: ReadonlyArray<{ node: BuilderNode; fit: number }>): BuilderNode | undefined {
  const lowest = Math.min(...candidates.map(({ fit }) => fit));
  return lowest === Infinity ? undefined : candidates.find(({ fit }) => fit === lowest)?.node;
}

function grouped(chosen: readonly BuilderNode[], platforms: readonly string[]): Assignments {
  const assignments = [...new Set(chosen)].map((node) => ({
    node,
    platforms: platforms.filter((_, index) => chosen[index] === node),
  }));
  return assignments as Assignment[] as Assignments;
}
