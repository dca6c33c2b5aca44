import type { GcPolicy } from "@tsbx/core";
import type { BuilderReport, NodeReport } from "../node-report.ts";
import { nodePlatforms } from "./platforms.ts";

/** The builder as JSON, with the members of the peer's in their order. */
export function builderJson(report: BuilderReport, current: boolean): Record<string, unknown> {
  const { builder, lastActivity, nodes, dynamic, error } = report;
  return {
    Current: current,
    Driver: builder.driver,
    Dynamic: dynamic,
    ...(error && { Err: error.message }),
    LastActivity: lastActivity ? goTimestamp(lastActivity) : "0001-01-01T00:00:00Z",
    Name: builder.name,
    Nodes: nodes.map(nodeJson),
  };
}

export function nodeJson(report: NodeReport): Record<string, unknown> {
  const { node, workers, error } = report;
  const [first] = workers;
  const { files = {} } = node;
  return withoutEmpty({
    Name: report.name,
    Endpoint: node.endpoint,
    Flags: node.buildkitdFlags,
    DriverOpts: node.options,
    Files: Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")]),
    ),
    Status: error ? "error" : report.state,
    Version: report.version,
    Err: error?.message,
    IDs: workers.map(({ id }) => id).sort(),
    Platforms: nodePlatforms(report).map((name) => name.replace("*", "")),
    GCPolicy: first?.gcPolicy.map(gcJson),
    Labels: first?.labels,
  });
}

/** With the names and units of the peer: a duration is in nanoseconds. */
function gcJson(policy: GcPolicy): Record<string, unknown> {
  return {
    all: policy.all,
    filter: policy.filters.length > 0 ? policy.filters : null,
    keepDuration: policy.keepDuration * 1e6,
    reservedSpace: policy.reservedSpace,
    maxUsedSpace: policy.maxUsedSpace,
    minFreeSpace: policy.minFreeSpace,
  };
}

function withoutEmpty(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === "") return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** To the second, as Go writes times. */
export function goTimestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
