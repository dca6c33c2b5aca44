import type { CommandContext } from "../commands/command.ts";
import { discoverDrivers } from "../discovery/discover.ts";
import { type FlagTable, type FlagValues, GLOBAL_FLAGS } from "../flags/table.ts";
import { recordFormat } from "../format/records.ts";
import { describeDriver } from "./describe.ts";
import { DRIVER_HEADERS, driverFields } from "./fields.ts";
import { capabilityMatrix } from "./matrix.ts";
import { reportDrivers } from "./report.ts";

export const DRIVERS_FLAGS = {
  ...GLOBAL_FLAGS,
  format: {
    type: "string",
    complete: ["table", "json"],
    doc: 'Format of the list: "table", "json" or a Go template (default "table")',
  },
} as const satisfies FlagTable;

const TABLE = "table {{.Name}}\t{{.Version}}\t{{.Summary}}";
const DEFAULT_WIDTH = 80;

/**
 * Lists the installed drivers with the matrix of what they can do; with names all about these drivers.
 * @throws TsbxError `DRIVER_NOT_INSTALLED`, `INVALID_FORMAT`
 */
export async function listDrivers(
  names: readonly string[],
  flags: FlagValues<typeof DRIVERS_FLAGS>,
  { io, warn }: CommandContext,
): Promise<void> {
  const { format } = flags;
  const output = recordFormat(format === undefined || format === "table" ? TABLE : format);
  const installed = await discoverDrivers(io);
  const reports = await reportDrivers(names.length > 0 ? names : installed.names(), installed);
  const width = io.stdout.columns ?? DEFAULT_WIDTH;
  if (names.length > 0 && format === undefined) {
    io.stdout.write(reports.map((report) => describeDriver(report, width)).join("\n"));
    return;
  }
  if (reports.length === 0) warn(`no driver is installed: ${installed.installCommand("docker-container")}`);
  io.stdout.write(output.format({ headers: DRIVER_HEADERS, records: reports, fields: driverFields }));
  const drivers = reports.flatMap(({ driver }) => driver ?? []);
  if (format === undefined && drivers.length > 0) io.stdout.write(`\n${capabilityMatrix(drivers, width)}`);
}
