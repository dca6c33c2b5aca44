import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A driver package that is installed, as its manifest describes it. Nothing of it has run. */
export interface DriverPackage {
  /** The driver's name, as in `--driver`. */
  driver: string;
  /** Version of the driver contract that it was made for. */
  contract: number;
  /** What of {@link PROVISIONS} the driver has; `undefined` when the package does not say. */
  provides?: readonly string[];
  /** The package's name. */
  name: string;
  /** The package's version. */
  version: string;
  /** The package's directory. */
  directory: string;
  exports: unknown;
  main?: string;
}

/** The parts of a driver that are of use without a builder of it, so that it is loaded for them. */
export const PROVISIONS = ["builders", "imageStore"] as const;
export type Provision = (typeof PROVISIONS)[number];

/** Reads the manifest in `directory`; `undefined` when there is none, or none of a driver. */
export async function readManifest(directory: string): Promise<DriverPackage | undefined> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
  } catch {
    return undefined;
  }
  if (!isRecord(manifest) || !isRecord(manifest.tsbx)) return undefined;
  const { driver, contract, provides } = manifest.tsbx;
  if (typeof driver !== "string" || typeof contract !== "number") return undefined;
  return {
    driver,
    contract,
    name: typeof manifest.name === "string" ? manifest.name : directory,
    version: typeof manifest.version === "string" ? manifest.version : "",
    directory,
    exports: manifest.exports,
    ...(Array.isArray(provides) ? { provides } : {}),
    ...(typeof manifest.main === "string" ? { main: manifest.main } : {}),
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
