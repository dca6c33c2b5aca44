import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { type DriverPackage, readManifest } from "./manifest.ts";
import type { SearchPlaces } from "./places.ts";

const OFFICIAL = "@tsbx";

/**
 * The driver packages in `places`, found by name (`@tsbx/driver-*`, `tsbx-driver-*`, `@scope/tsbx-driver-*`) and
 * told from others by their manifests. A package that a nearer place has hides its namesakes further away.
 */
export async function scanDrivers(places: SearchPlaces): Promise<DriverPackage[]> {
  const directories = [...places.packages, ...(await Promise.all(places.nodeModules.map(candidates))).flat()];
  const found = new Map<string, DriverPackage>();
  for (const manifest of await Promise.all(directories.map(readReal))) {
    if (manifest && !found.has(manifest.name)) found.set(manifest.name, manifest);
  }
  return [...found.values()];
}

/** The real path, as node itself imports packages, so that a linked package finds its own dependencies. */
async function readReal(directory: string): Promise<DriverPackage | undefined> {
  return readManifest(await realpath(directory).catch(() => directory));
}

async function candidates(nodeModules: string): Promise<string[]> {
  const names = await list(nodeModules);
  const scopes = names.filter((name) => name.startsWith("@"));
  const scoped = await Promise.all(
    scopes.map(async (scope) => {
      const prefix = scope === OFFICIAL ? "driver-" : "tsbx-driver-";
      const inside = await list(join(nodeModules, scope));
      return inside.filter((name) => name.startsWith(prefix)).map((name) => join(nodeModules, scope, name));
    }),
  );
  const plain = names
    .filter((name) => name.startsWith("tsbx-driver-"))
    .map((name) => join(nodeModules, name));
  return [...scoped.flat(), ...plain];
}

async function list(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(() => [])).sort();
}
