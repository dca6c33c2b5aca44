import type { CommandContext } from "../../commands/command.ts";
import { parseTimeout, TIMEOUT_FLAG } from "../../flags/duration.ts";
import { type FlagTable, type FlagValues, GLOBAL_FLAGS } from "../../flags/table.ts";
import { recordFormat } from "../../format/records.ts";
import { builderHost } from "../host.ts";
import type { BuilderReport } from "../node-report.ts";
import { BUILDER_HEADERS, builderFields, type ListLine } from "./fields.ts";
import { gatherReports } from "./gather.ts";
import { builderJson } from "./json.ts";

export const LS_FLAGS = {
  ...GLOBAL_FLAGS,
  format: {
    type: "string",
    complete: ["table", "json"],
    doc: 'Format of the list: "table", "json" or a Go template (default "table")',
  },
  "no-trunc": { type: "boolean", doc: "Show all platforms of each node" },
  timeout: TIMEOUT_FLAG,
} as const satisfies FlagTable;

const TABLE = "table {{.Name}}\t{{.DriverEndpoint}}\t{{.Status}}\t{{.Buildkit}}\t{{.Platforms}}";

/** Lists all builders with their nodes, which are asked all at once. */
export async function listBuilders(
  flags: FlagValues<typeof LS_FLAGS>,
  context: CommandContext,
): Promise<void> {
  const { stdout, stderr } = context.io;
  const { format = "table" } = flags;
  const output = recordFormat(format === "table" ? TABLE : format);
  const timeout = parseTimeout(flags.timeout);
  const host = await builderHost(context);
  const { reports, isCurrent, failures } = await gatherReports(host, timeout);
  if (format === "json") {
    stdout.write(
      output.format({
        headers: {},
        records: reports,
        fields: (report) => builderJson(report, isCurrent(report)),
      }),
    );
  } else {
    const records = reports.flatMap((report): ListLine[] => {
      const line = { report, current: isCurrent(report), truncate: !flags["no-trunc"] };
      return [line, ...report.nodes.map((node) => ({ ...line, node }))];
    });
    stdout.write(output.format({ headers: BUILDER_HEADERS, records, fields: builderFields }));
  }
  for (const failure of failures) context.warn(failure);
  if (format.startsWith("table")) {
    const problems = reports.flatMap(problemsOf);
    if (problems.length > 0) stderr.write(`\n${problems.map((text) => `${text}\n`).join("")}`);
  }
}

function problemsOf({ builder: { name }, error, nodes }: BuilderReport): string[] {
  if (error) return [`Cannot load builder ${name}: ${withHint(error)}`];
  return nodes.flatMap((node) =>
    node.error ? [`Failed to get status for ${name} (${node.name}): ${withHint(node.error)}`] : [],
  );
}

function withHint({ message, hint }: Error & { hint?: string }): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}
