import type { CliIo } from "../io.ts";
import { InstalledDrivers } from "./drivers.ts";
import { installCommand } from "./install-command.ts";
import { searchPlaces } from "./places.ts";
import { scanDrivers } from "./scan.ts";

/** Finds the installed driver packages by their manifests. */
export async function discoverDrivers({ env, cwd }: Pick<CliIo, "env" | "cwd">): Promise<InstalledDrivers> {
  const running = { env, cliDir: import.meta.dirname, execPath: process.execPath };
  const packages = await scanDrivers(searchPlaces({ ...running, cwd }));
  return new InstalledDrivers(packages, (name) => installCommand(name, running));
}
