import type { Device } from "@tsbx/core";
import type { CommandContext } from "../commands/command.ts";
import { parseTimeout, TIMEOUT_FLAG } from "../flags/duration.ts";
import { type FlagTable, type FlagValues, GLOBAL_FLAGS } from "../flags/table.ts";
import { alignColumns } from "../format/align.ts";
import { goDuration, goTime } from "../format/go-time.ts";
import { bytesSize } from "../format/human.ts";
import { bootBuilder } from "./boot.ts";
import { builderHost } from "./host.ts";
import { nodePlatforms } from "./list/platforms.ts";
import { type BuilderReport, type NodeReport, reportBuilder } from "./node-report.ts";
import { selectBuilder } from "./select.ts";

export const INSPECT_FLAGS = {
  ...GLOBAL_FLAGS,
  bootstrap: { type: "boolean", doc: "Make sure that the builder runs before it is inspected" },
  timeout: TIMEOUT_FLAG,
} as const satisfies FlagTable;

/** Shows all there is to know about one builder. */
export async function inspectBuilder(
  name: string | undefined,
  flags: FlagValues<typeof INSPECT_FLAGS>,
  context: CommandContext,
): Promise<void> {
  const timeout = parseTimeout(flags.timeout);
  const host = await builderHost(context);
  const { builder, driver } = await selectBuilder(name ?? flags.builder, host);
  if (flags.bootstrap) await bootBuilder(builder, driver, host, context, flags.debug);
  const report = await reportBuilder(builder, host, timeout);
  context.io.stdout.write(alignColumns(describe(report, flags.debug), { minWidth: 0, padding: 1 }));
}

function describe(report: BuilderReport, debug: boolean): string {
  const { builder, lastActivity, error, nodes } = report;
  const lines = [
    `Name:\t${builder.name}`,
    `Driver:\t${builder.driver}`,
    ...(lastActivity ? [`Last Activity:\t${goTime(BigInt(lastActivity.getTime()) * 1_000_000n)}`] : []),
  ];
  if (error) return text([...lines, `Error:\t${error.message}`]);
  const described = nodes.map((node) => text(describeNode(node, debug)));
  return text([...lines, "", "Nodes:"]) + described.join("\n");
}

function describeNode(report: NodeReport, debug: boolean): string[] {
  const { node, error, workers, detail } = report;
  const options = Object.entries(node.options ?? {}).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const lines = [
    `Name:\t${report.name}`,
    `Endpoint:\t${node.endpoint ?? ""}`,
    ...(options.length > 0 ? [`Driver Options:\t${options.join(" ")}`] : []),
  ];
  if (error) return [...lines, `Error:\t${error.message}`];
  const [worker] = workers;
  const platforms = nodePlatforms(report);
  const flags = node.buildkitdFlags ?? [];
  lines.push(`Status:\t${report.state}`);
  // What is running needs no reason.
  if (detail && report.state !== "running") lines.push(`Reason:\t${detail}`);
  if (flags.length > 0) lines.push(`BuildKit daemon flags:\t${flags.join(" ")}`);
  if (report.version) lines.push(`BuildKit version:\t${report.version}`);
  if (platforms.length > 0) lines.push(`Platforms:\t${platforms.join(", ")}`);
  if (debug) lines.push("Capabilities:", ...entries(report.capabilities));
  if (worker && Object.keys(worker.labels).length > 0)
    lines.push("Labels:", ...entries(sorted(worker.labels)));
  if (worker && worker.devices.length > 0) lines.push("Devices:", ...worker.devices.flatMap(describeDevice));
  for (const [index, rule] of (worker?.gcPolicy ?? []).entries()) {
    lines.push(`GC Policy rule#${index}:`, `\tAll:\t${rule.all}`);
    if (rule.filters.length > 0) lines.push(`\tFilters:\t${rule.filters.join(" ")}`);
    if (rule.keepDuration > 0) lines.push(`\tKeep Duration:\t${goDuration(rule.keepDuration)}`);
    if (rule.reservedSpace > 0) lines.push(`\tReserved Space:\t${bytesSize(rule.reservedSpace)}`);
    if (rule.maxUsedSpace > 0) lines.push(`\tMax Used Space:\t${bytesSize(rule.maxUsedSpace)}`);
    if (rule.minFreeSpace > 0) lines.push(`\tMin Free Space:\t${bytesSize(rule.minFreeSpace)}`);
  }
  for (const [name, bytes] of Object.entries(node.files ?? {})) {
    const content = Buffer.from(bytes).toString().split("\n");
    lines.push(`File#${name}:`, ...content.map((line) => `\t> ${line}`));
  }
  return lines;
}

function describeDevice({ name, autoAllow, onDemand, annotations }: Device): string[] {
  const notes = Object.entries(sorted(annotations)).map(([key, value]) => `\t\t${key}:\t${value}`);
  return [
    `\tName:\t${name}`,
    onDemand ? `\tOn-Demand:\t${onDemand}` : `\tAutomatically allowed:\t${autoAllow}`,
    ...(notes.length > 0 ? ["\tAnnotations:", ...notes] : []),
  ];
}

function entries(record: object): string[] {
  return Object.entries(record).map(([key, value]) => `\t${key}:\t${value}`);
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
