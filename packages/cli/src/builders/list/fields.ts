import type { BuilderReport, NodeReport } from "../node-report.ts";
import { goTimestamp } from "./json.ts";
import { nodePlatforms, shortPlatforms } from "./platforms.ts";
import { builderRecord } from "./records.ts";

/** One line of the list: a builder, or one of its nodes. */
export interface ListLine {
  report: BuilderReport;
  node?: NodeReport;
  current: boolean;
  /** Whether tables show less than all. */
  truncate: boolean;
}

/** Heads the columns of tables of builders, by field. */
export const BUILDER_HEADERS = {
  Name: "NAME/NODE",
  DriverEndpoint: "DRIVER/ENDPOINT",
  LastActivity: "LAST ACTIVITY",
  Status: "STATUS",
  Buildkit: "BUILDKIT",
  Platforms: "PLATFORMS",
};

/** How the lines of nodes begin in tables. */
const INDENT = " \\_ ";

/** What templates and tables see of a line. */
export function builderFields(line: ListLine, inTable: boolean): Record<string, unknown> {
  const { report, node, current } = line;
  const indent = inTable ? INDENT : "";
  const error = node ? node.error : report.error;
  const builder = builderRecord(report, current);
  // As JSON, any line is its builder.
  const shared = { Error: error?.message ?? "", Builder: builder, toJSON: () => builder };
  if (!node) {
    return {
      ...shared,
      Name: report.builder.name + (current && inTable ? "*" : ""),
      DriverEndpoint: report.builder.driver,
      LastActivity: report.lastActivity ? goTimestamp(report.lastActivity) : "",
      Status: report.error ? "error" : "",
      Buildkit: "",
      Platforms: "",
    };
  }
  const platforms = nodePlatforms(node);
  return {
    ...shared,
    Name: indent + node.name,
    DriverEndpoint: indent + (node.node.endpoint ?? ""),
    LastActivity: "",
    Status: node.error ? "error" : (node.state ?? ""),
    Buildkit: node.version ?? "",
    Platforms: inTable && line.truncate ? shortPlatforms(platforms) : platforms.join(", "),
  };
}
