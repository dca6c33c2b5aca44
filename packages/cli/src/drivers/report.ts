import type { Driver } from "@tsbx/core/driver";
import type { InstalledDrivers } from "../discovery/drivers.ts";
import type { DriverPackage } from "../discovery/manifest.ts";

/** What is known of an installed driver. */
export interface DriverReport {
  name: string;
  /** One, unless several claim the name. */
  packages: readonly DriverPackage[];
  driver?: Driver;
  /** Why it cannot be loaded. */
  error?: Error;
}

/**
 * Loads drivers; one that fails is reported as such.
 * @throws TsbxError `DRIVER_NOT_INSTALLED`
 */
export function reportDrivers(names: readonly string[], drivers: InstalledDrivers): Promise<DriverReport[]> {
  return Promise.all(
    names.map(async (name) => {
      const packages = drivers.packagesOf(name);
      try {
        return { name, packages, driver: await drivers.load(name) };
      } catch (error) {
        if (packages.length === 0) throw error;
        return { name, packages, error: error as Error };
      }
    }),
  );
}
