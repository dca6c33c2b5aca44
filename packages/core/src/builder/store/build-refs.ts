import { posix } from "node:path";
import type { StoreFiles } from "./store-files.ts";

const GROUPS = "refs/__group__";

/**
 * Removes what is kept about the builds of a builder, or of one of its nodes, and about groups of builds of which
 * none is left then.
 */
export async function removeBuildRefs(files: StoreFiles, builder: string, node?: string): Promise<void> {
  const nodes = node === undefined ? await files.names(`refs/${builder}`) : [node];
  const removed = await refsOf(
    files,
    nodes.map((name) => `refs/${builder}/${name}`),
  );
  await files.remove(["refs", builder, node].filter(Boolean).join("/"));
  const groups = removed.size > 0 ? await files.names(GROUPS) : [];
  if (groups.length === 0) return;
  const left = await refsOf(files, await nodeDirectories(files));
  for (const group of groups) {
    const refs = await files.read(`${GROUPS}/${group}`, groupRefs).catch(() => undefined);
    if (refs?.some((ref) => removed.has(ref)) && !refs.some((ref) => left.has(ref))) {
      await files.remove(`${GROUPS}/${group}`);
    }
  }
}

async function refsOf(files: StoreFiles, directories: readonly string[]): Promise<Set<string>> {
  return new Set((await Promise.all(directories.map((directory) => files.names(directory)))).flat());
}

async function nodeDirectories(files: StoreFiles): Promise<string[]> {
  const builders = (await files.names("refs")).filter((name) => `refs/${name}` !== GROUPS);
  const nodes = builders.map(async (builder) =>
    (await files.names(`refs/${builder}`)).map((node) => `refs/${builder}/${node}`),
  );
  return (await Promise.all(nodes)).flat();
}

/** The bare references of a group's builds, of which old versions of the peer wrote down the builder, too. */
function groupRefs(json: string): string[] {
  const { Refs } = JSON.parse(json) as { Refs: string[] };
  return Refs.map((ref) => posix.basename(ref));
}
