import type { TsbxError } from "@tsbx/core/errors";
import type { CommandContext } from "../../commands/command.ts";
import { parseTimeout, TIMEOUT_FLAG } from "../../flags/duration.ts";
import { type FlagTable, type FlagValues, GLOBAL_FLAGS } from "../../flags/table.ts";
import { recordFormat } from "../../format/records.ts";
import type { Builder } from "../builder.ts";
import { builderOf, implicitBuilders } from "../find.ts";
import { type BuilderHost, builderHost } from "../host.ts";
import { type BuilderReport, reportBuilder } from "../node-report.ts";
import { selectBuilder } from "../select.ts";
import { BUILDER_HEADERS, builderFields, builderJson, type ListLine } from "./fields.ts";

export const LS_FLAGS = {
  ...GLOBAL_FLAGS,
  format: { type: "string", doc: 'Format of the list: "table", "json" or a Go template (default "table")' },
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
  const { builders, failures } = await allBuilders(host);
  const [current, ...reports] = await Promise.all([
    currentName(host),
    ...builders.map((builder) => reportBuilder(builder, host, timeout)),
  ]);
  reports.sort((a, b) => Number(a.error !== undefined) - Number(b.error !== undefined));
  const isCurrent = ({ builder }: BuilderReport) => builder.name === current;
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
  for (const failure of failures) context.warn(failure.message);
  if (format.startsWith("table")) {
    const problems = reports.flatMap(problemsOf);
    if (problems.length > 0) stderr.write(`\n${problems.map((text) => `${text}\n`).join("")}`);
  }
}

/** Those of the store, then those that drivers have by themselves and the store does not shadow. */
async function allBuilders(
  host: BuilderHost,
): Promise<{ builders: Builder[]; failures: readonly TsbxError[] }> {
  const [{ builders, failures }, own] = await Promise.all([host.store.list(), implicitBuilders(host)]);
  const stored = builders.map(builderOf);
  const names = new Set(stored.map(({ name }) => name));
  const others = own.filter(({ name }) => !names.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { builders: [...stored, ...others], failures };
}

/** Name of the builder that a build would take now. */
async function currentName(host: BuilderHost): Promise<string | undefined> {
  try {
    return (await selectBuilder(undefined, { ...host, warn: () => {} })).builder.name;
  } catch (error) {
    if (host.signal.aborted) throw error;
    return undefined;
  }
}

function problemsOf({ builder: { name }, error, nodes }: BuilderReport): string[] {
  if (error) return [`Cannot load builder ${name}: ${withHint(error)}`];
  return nodes.flatMap((node) =>
    node.error ? [`Failed to get status for ${name} (${node.name}): ${withHint(node.error)}`] : [],
  );
}

function withHint(error: Error & { hint?: string }): string {
  return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
}
