import { delimiter, dirname, join, resolve } from "node:path";
import type { Environment } from "../io.ts";

/** Where installed packages are looked for. */
export interface SearchPlaces {
  /** `node_modules` directories, the nearest first. */
  nodeModules: string[];
  /** Directories that are driver packages themselves; they come before all others. */
  packages: string[];
}

interface PlacesOptions {
  env: Environment;
  cwd: string;
  /** Directory of the running CLI's own code. */
  cliDir: string;
  /** Path of the running `node`. */
  execPath: string;
}

/**
 * The project's `node_modules` from `cwd` upward, those around the CLI itself, and the global prefix;
 * `TSBX_DRIVERS` lists directories of driver packages on top.
 */
export function searchPlaces({ env, cwd, cliDir, execPath }: PlacesOptions): SearchPlaces {
  return {
    packages: (env.TSBX_DRIVERS ?? "")
      .split(delimiter)
      .filter(Boolean)
      .map((path) => resolve(cwd, path)),
    nodeModules: [...new Set([...upward(cwd), ...upward(cliDir), globalModules(env, execPath)])],
  };
}

/** Node's own way to look for packages: each directory's `node_modules`, up to the root. */
function upward(directory: string): string[] {
  const parent = dirname(directory);
  const above = parent === directory ? [] : upward(parent);
  return [join(directory, "node_modules"), ...above];
}

/** npm installs global packages under its prefix, which is where node is unless it was changed. */
export function globalModules(env: Environment, execPath: string): string {
  const windows = process.platform === "win32";
  const prefix = env.npm_config_prefix || (windows ? dirname(execPath) : dirname(dirname(execPath)));
  return windows ? join(prefix, "node_modules") : join(prefix, "lib", "node_modules");
}
