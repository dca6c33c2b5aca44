import { goTime } from "../../format/go-time.ts";
import type { BuilderReport, NodeReport } from "../node-report.ts";
import { builderJson, nodeJson } from "./json.ts";
import { nodePlatforms } from "./platforms.ts";

const NEVER = new Date("0001-01-01T00:00:00Z");

/** A builder as templates see it, with the fields that the peer's has. */
export function builderRecord(report: BuilderReport, current: boolean): Record<string, unknown> {
  const { builder, lastActivity = NEVER, nodes, dynamic, error } = report;
  return {
    Name: builder.name,
    Driver: builder.driver,
    Nodes: nodes.map(nodeRecord),
    Dynamic: dynamic,
    Current: current,
    LastActivity: goTime(BigInt(lastActivity.getTime()) * 1_000_000n),
    Err: error?.message ?? null,
    toJSON: () => builderJson(report, current),
  };
}

/** The peer's has no status, and its platforms are no text. */
function nodeRecord(report: NodeReport): Record<string, unknown> {
  const { name, node, workers, version = "", state, error } = report;
  return {
    Name: name,
    Endpoint: node.endpoint ?? "",
    DriverOpts: new Map(Object.entries(node.options ?? {})),
    BuildkitdFlags: node.buildkitdFlags ?? [],
    Files: new Map(Object.entries(node.files ?? {})),
    Status: error ? "error" : state,
    Version: version,
    Err: error?.message ?? null,
    IDs: workers.map(({ id }) => id).sort(),
    Platforms: nodePlatforms(report).map((platform) => platform.replace("*", "")),
    Labels: new Map(Object.entries(workers[0]?.labels ?? {})),
    toJSON: () => nodeJson(report),
  };
}
