import type { CliIo } from "../io.ts";
import { InstalledDrivers } from "./drivers.ts";
import { searchPlaces } from "./places.ts";
import { scanDrivers } from "./scan.ts";

/** Finds the installed driver packages by their manifests. */
export async function discoverDrivers({ env, cwd }: Pick<CliIo, "env" | "cwd">): Promise<InstalledDrivers> {
  const places = searchPlaces({ env, cwd, cliDir: import.meta.dirname, execPath: process.execPath });
  return new InstalledDrivers(await scanDrivers(places));
}
