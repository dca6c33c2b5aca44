import { normalizeName, type StoredBuilder, type StoredNode } from "@tsbx/core/store";
import { refused } from "./flags.ts";

/** What a change sets of a node; what is absent stays. */
export type NodeChange = Omit<Partial<StoredNode>, "name">;

/** The first name of the form `<builder><number>` that none of the nodes has. */
export function nextNodeName(builder: string, nodes: readonly StoredNode[]): string {
  for (let index = 0; ; index++) {
    const name = `${builder}${index}`.toLowerCase();
    if (!nodes.some((node) => node.name === name)) return name;
  }
}

export function findNode({ nodes }: StoredBuilder, name: string | undefined): StoredNode | undefined {
  return name === undefined ? undefined : nodes.find((node) => node.name === name.toLowerCase());
}

/**
 * The builder with a further node.
 * @throws TsbxError `INVALID_NAME`, `INVALID_ARGUMENTS` when another node has the same endpoint
 */
export function addNode(builder: StoredBuilder, node: StoredNode): StoredBuilder {
  const added = { ...node, name: normalizeName(node.name) };
  return settled({ ...builder, nodes: [...builder.nodes, added] }, added.name);
}

/**
 * The builder with one node changed.
 * @throws TsbxError `INVALID_ARGUMENTS` when another node has the same endpoint
 */
export function changeNode(builder: StoredBuilder, name: string, change: NodeChange): StoredBuilder {
  const nodes = builder.nodes.map((node) => {
    if (node.name !== name) return node;
    const files = change.files && { ...node.files, ...change.files };
    return { ...node, ...change, ...(files && { files }) };
  });
  return settled({ ...builder, nodes }, name);
}

/**
 * The builder without one of its nodes.
 * @throws TsbxError `INVALID_ARGUMENTS`
 */
export function leaveNode(builder: StoredBuilder, name: string): StoredBuilder {
  const leaving = findNode(builder, name);
  if (!leaving) throw refused(`node "${name}" not found for ${builder.name}`, nodesOf(builder));
  if (builder.nodes.length === 1) {
    throw refused(
      "can not leave last node, do you want to rm instance instead?",
      `Run tsbx rm ${builder.name}.`,
    );
  }
  return { ...builder, nodes: builder.nodes.filter((node) => node !== leaving) };
}

/** Names the nodes of a builder in a sentence. */
export function nodesOf({ nodes }: StoredBuilder): string {
  return `Its nodes: ${nodes.map(({ name }) => name).join(", ")}.`;
}

/** No two nodes have one endpoint, and a platform belongs to the node that asked for it last. */
function settled(builder: StoredBuilder, touched: string): StoredBuilder {
  const node = findNode(builder, touched)!;
  const twin = builder.nodes.find((each) => each !== node && each.endpoint === node.endpoint);
  if (node.endpoint !== "" && twin) {
    throw refused(`invalid duplicate endpoint ${node.endpoint}`, `Node ${twin.name} of the builder has it.`);
  }
  const taken = new Set(node.platforms);
  const nodes = builder.nodes.map((each) =>
    // A list also where there was none: the peer writes the same.
    each === node
      ? each
      : { ...each, platforms: (each.platforms ?? []).filter((platform) => !taken.has(platform)) },
  );
  return { ...builder, nodes };
}
