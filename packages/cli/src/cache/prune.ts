import { once } from "node:events";
import type { PruneOptions } from "@tsbx/core";
import { type ConnectedNode, connectNodes } from "../builders/connect.ts";
import { withBuilderNodes } from "../builders/open-nodes.ts";
import type { CommandContext } from "../commands/command.ts";
import { confirm } from "../confirm.ts";
import { readDockerConfig } from "../docker-config.ts";
import { parseBytes } from "../flags/bytes.ts";
import { parseTimeout, TIMEOUT_FLAG } from "../flags/duration.ts";
import { type FlagTable, type FlagValues, GLOBAL_FLAGS } from "../flags/table.ts";
import { parseCacheFilters } from "./filters.ts";
import { PruneOutput } from "./prune-output.ts";
import { checkSpaceLimits } from "./space-limits.ts";

export const PRUNE_FLAGS = {
  ...GLOBAL_FLAGS,
  all: { type: "boolean", short: "a", doc: "Include internal and frontend records" },
  filter: { type: "list", value: "name=value", doc: "Remove only the records that match" },
  force: { type: "boolean", short: "f", doc: "Do not ask for confirmation" },
  "keep-storage": { type: "string", doc: 'Former name of "--reserved-space"', hidden: true },
  "max-used-space": { type: "string", value: "bytes", doc: "Most disk space that the cache may keep" },
  "min-free-space": { type: "string", value: "bytes", doc: "Disk space that is to be free afterwards" },
  "reserved-space": { type: "string", value: "bytes", doc: "Disk space that the cache may always keep" },
  timeout: TIMEOUT_FLAG,
  verbose: { type: "boolean", doc: "Show all that is known of each record" },
} as const satisfies FlagTable;

type PruneFlags = FlagValues<typeof PRUNE_FLAGS>;

/** Removes build cache from all nodes of the builder, and shows what goes as it goes. */
export async function prune(flags: PruneFlags, context: CommandContext): Promise<void> {
  const { signal, io } = context;
  const request = await pruneRequest(flags, context);
  const timeout = parseTimeout(flags.timeout);
  await withBuilderNodes(flags, context, async (nodes) => {
    const what = flags.all ? "all build cache" : "all dangling build cache";
    const question = `WARNING! This will remove ${what}. Are you sure you want to continue?`;
    if (!flags.force && !(await confirm(question, io, signal))) return;
    const connected = await connectNodes(nodes, timeout, signal);
    if (request.maxUsedSpace || request.minFreeSpace) {
      await Promise.all(connected.map((node) => checkSpaceLimits(node, signal)));
    }
    await pruneNodes(connected, request, new PruneOutput(flags), context);
  });
}

async function pruneRequest(flags: PruneFlags, { io, warn }: CommandContext): Promise<PruneOptions> {
  if (flags["keep-storage"] !== undefined) warn("--keep-storage is now called --reserved-space");
  const { pruneFilters = [] } = await readDockerConfig(io.env, warn);
  const always = pruneFilters.filter((each) => each.includes("="));
  return {
    ...parseCacheFilters([...flags.filter, ...always]),
    all: flags.all,
    reservedSpace: parseBytes("reserved-space", flags["reserved-space"] ?? flags["keep-storage"]),
    maxUsedSpace: parseBytes("max-used-space", flags["max-used-space"]),
    minFreeSpace: parseBytes("min-free-space", flags["min-free-space"]),
  };
}

/** Prunes the nodes at once; the first that fails stops the others. */
async function pruneNodes(
  nodes: readonly ConnectedNode[],
  request: PruneOptions,
  output: PruneOutput,
  { io: { stdout }, signal }: CommandContext,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const print = async (text: string) => {
    if (!stdout.write(text)) await once(stdout, "drain", { signal: either });
  };
  const pruned = nodes.map(async ({ client }) => {
    for await (const record of client.prune({ ...request, signal: either }))
      await print(output.removed(record));
  });
  try {
    await Promise.all(pruned);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(pruned);
    throw error;
  }
  await print(output.total());
}
