import type { CacheRecord } from "@tsbx/core";
import { connectNodes } from "../builders/connect.ts";
import { withBuilderNodes } from "../builders/open-nodes.ts";
import type { CommandContext } from "../commands/command.ts";
import { parseTimeout, TIMEOUT_FLAG } from "../flags/duration.ts";
import { type FlagTable, type FlagValues, GLOBAL_FLAGS } from "../flags/table.ts";
import { recordFormat } from "../format/records.ts";
import { duFormat } from "./du-format.ts";
import { duSums } from "./du-sums.ts";
import { parseCacheFilters } from "./filters.ts";
import { CACHE_HEADERS, cacheRecordFields } from "./record-fields.ts";

export const DU_FLAGS = {
  ...GLOBAL_FLAGS,
  filter: { type: "list", value: "name=value", doc: "Show only the records that match" },
  format: {
    type: "string",
    complete: ["table", "pretty", "json"],
    doc: 'Format of the records: "table", "pretty", "json" or a Go template',
  },
  timeout: TIMEOUT_FLAG,
  verbose: { type: "boolean", doc: 'Shorthand for "--format=pretty"' },
} as const satisfies FlagTable;

/** Shows the build cache of all nodes of the builder. */
export async function diskUsage(flags: FlagValues<typeof DU_FLAGS>, context: CommandContext): Promise<void> {
  const { signal, io } = context;
  const { format, sums } = duFormat(flags);
  const output = recordFormat(format);
  const { filter } = parseCacheFilters(flags.filter);
  const timeout = parseTimeout(flags.timeout);
  const records = await withBuilderNodes(flags, context, async (nodes) => {
    const connected = await connectNodes(nodes, timeout, signal);
    const lists = connected.map(({ client }) => client.diskUsage(filter, { signal }));
    return (await Promise.all(lists)).flatMap((list) => list.sort(bySize));
  });
  const text = output.format({ headers: CACHE_HEADERS, records, fields: cacheRecordFields });
  const filtered = flags.filter.some((each) => each !== "");
  io.stdout.write(sums && !filtered ? text + duSums(records) : text);
}

function bySize(a: CacheRecord, b: CacheRecord): number {
  return a.size - b.size || (a.id < b.id ? -1 : 1);
}
