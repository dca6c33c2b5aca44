import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CliIo } from "../io.ts";
import { entryOf } from "./entry.ts";
import { installCommand } from "./install-command.ts";
import { isRecord } from "./manifest.ts";
import { searchPlaces } from "./places.ts";

/** A package that adds something to the CLI where it is installed. */
export interface OptionalPackage {
  /** What it exports; undefined where it is not installed. */
  module: unknown;
  /** The command line that installs it. */
  install: string;
}

/** Imports a package from where drivers are looked for, too. */
export async function importOptional(
  name: string,
  { env, cwd }: Pick<CliIo, "env" | "cwd">,
): Promise<OptionalPackage> {
  const running = { env, cliDir: import.meta.dirname, execPath: process.execPath };
  const places = searchPlaces({ ...running, cwd });
  const install = installCommand(name, running);
  for (const directory of [...places.packages, ...places.nodeModules.map((each) => join(each, name))]) {
    const entry = await entryOfPackage(name, await realpath(directory).catch(() => directory));
    if (entry !== undefined) return { module: await import(pathToFileURL(entry).href), install };
  }
  return { module: undefined, install };
}

async function entryOfPackage(name: string, directory: string): Promise<string | undefined> {
  const text = await readFile(join(directory, "package.json"), "utf8").catch(() => "null");
  const manifest: unknown = JSON.parse(text);
  if (!isRecord(manifest) || manifest.name !== name) return undefined;
  const { exports, main } = manifest;
  return entryOf({ directory, exports, ...(typeof main === "string" && { main }) });
}
