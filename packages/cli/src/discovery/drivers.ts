import { pathToFileURL } from "node:url";
import { CONTRACT_VERSION, checkDriver, type Driver } from "@tsbx/core/driver";
import { TsbxError } from "@tsbx/core/errors";
import { nearest } from "../flags/nearest.ts";
import { entryOf } from "./entry.ts";
import { type DriverPackage, PROVISIONS, type Provision } from "./manifest.ts";
import { OWN_DRIVERS } from "./own-drivers.ts";

/** The drivers that are installed. Each is imported when it is first loaded, and not before. */
export class InstalledDrivers {
  private readonly packages: readonly DriverPackage[];
  private readonly install: (packageName: string) => string;

  /** @param install the command line that installs a package */
  constructor(packages: readonly DriverPackage[], install: (packageName: string) => string) {
    this.packages = packages;
    this.install = install;
  }

  /** Names of the drivers that are installed, whether or not they can be loaded. */
  names(): string[] {
    return namesOf(this.packages);
  }

  /** Names of the drivers that have an optional part, or may have: not every package says so. */
  providers(part: Provision): string[] {
    return namesOf(this.packages.filter(({ provides }) => provides?.includes(part) ?? true));
  }

  has(name: string): boolean {
    return this.packages.some(({ driver }) => driver === name);
  }

  /** The packages that provide a driver: one, unless something is wrong. */
  packagesOf(name: string): readonly DriverPackage[] {
    return this.packages.filter(({ driver }) => driver === name);
  }

  /** The command line that installs one of tsbx's own drivers. */
  installCommand(name: string): string {
    return this.install(`@tsbx/driver-${name}`);
  }

  /**
   * Imports a driver.
   * @throws TsbxError `DRIVER_NOT_INSTALLED`, `DRIVER_AMBIGUOUS`, `DRIVER_CONTRACT`, `DRIVER_BROKEN`
   */
  async load(name: string): Promise<Driver> {
    const found = this.packagesOf(name);
    const [chosen] = found;
    if (!chosen) throw this.notInstalled(name);
    if (found.length > 1) throw ambiguous(name, found);
    if (chosen.contract !== CONTRACT_VERSION) throw this.otherContract(chosen);
    return importDriver(chosen);
  }

  private otherContract({ driver, name, contract }: DriverPackage): TsbxError {
    const older = contract < CONTRACT_VERSION ? name : "@tsbx/cli";
    return new TsbxError(
      "DRIVER_CONTRACT",
      `driver ${driver} of package ${name} is made for driver contract ${contract}, this tsbx has ${CONTRACT_VERSION}`,
      { hint: `Update the older one: ${this.install(`${older}@latest`)}` },
    );
  }

  private notInstalled(name: string): TsbxError {
    const names = this.names();
    const installed = names.length > 0 ? ` (installed: ${names.join(", ")})` : "";
    return new TsbxError("DRIVER_NOT_INSTALLED", `driver ${name} is not installed${installed}`, {
      hint: this.howToInstall(name),
    });
  }

  private howToInstall(name: string): string {
    if (OWN_DRIVERS.includes(name)) return `Install it: ${this.installCommand(name)}`;
    const near = nearest(name, [...new Set([...this.names(), ...OWN_DRIVERS])]);
    if (near)
      return `Did you mean ${near}?${this.has(near) ? "" : ` Install it: ${this.installCommand(near)}`}`;
    return `Install the package that provides it (tsbx-driver-${name}, or of that name in a scope).`;
  }
}

function namesOf(packages: readonly DriverPackage[]): string[] {
  return [...new Set(packages.map(({ driver }) => driver))].sort();
}

function ambiguous(name: string, found: readonly DriverPackage[]): TsbxError {
  const packages = found.map((each) => `${each.name} in ${each.directory}`).join(" and ");
  return new TsbxError("DRIVER_AMBIGUOUS", `several packages provide driver ${name}: ${packages}`, {
    hint: "Uninstall all of them but one.",
  });
}

async function importDriver(found: DriverPackage): Promise<Driver> {
  const broken = (problem: string, cause?: unknown) =>
    new TsbxError(
      "DRIVER_BROKEN",
      `cannot load driver ${found.driver} of package ${found.name}: ${problem}`,
      {
        hint: `Install it anew, or tell its makers: ${found.directory}`,
        cause,
      },
    );
  const entry = entryOf(found);
  if (!entry) throw broken("its package.json exports nothing to import");
  let driver: unknown;
  try {
    const module: { default?: unknown } = await import(pathToFileURL(entry).href);
    driver = module.default;
    checkDriver(driver);
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error), error);
  }
  if (driver.name !== found.driver) {
    throw broken(`its driver is named ${driver.name}, its package.json says ${found.driver}`);
  }
  const silent = PROVISIONS.find((part) => driver[part] && !(found.provides?.includes(part) ?? true));
  if (silent) throw broken(`it has ${silent}, which "tsbx.provides" of its package.json does not name`);
  return driver;
}
