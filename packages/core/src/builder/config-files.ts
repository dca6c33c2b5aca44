import { type FileHandle, open } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { TomlTable } from "smol-toml";
import { TsbxError } from "../errors.ts";

/** A buildkitd configuration with all that it refers to. */
export interface ConfigFiles {
  /** Content by path relative to buildkitd's configuration directory. */
  files: Record<string, Uint8Array>;
  config: Readonly<Record<string, unknown>>;
}

/** Where the files of a configuration are for the daemon. */
const CONFIG_DIR = "/etc/buildkit";
const LIMIT = 1024 * 1024;

/**
 * Reads a `buildkitd.toml`, and the certificates and keys of registries that it names: they go along, and the
 * configuration names them where they will be.
 * @throws TsbxError `INVALID_BUILDKITD_CONFIG`
 */
export async function readConfigFiles(path: string, cwd: string): Promise<ConfigFiles> {
  const text = await readLimited(resolve(cwd, path), `buildkit configuration file ${path}`);
  const { parse, stringify } = await import("smol-toml");
  let config: TomlTable;
  try {
    config = parse(text.toString());
  } catch (error) {
    throw invalid(
      `cannot parse buildkit configuration file ${path}: ${(error as Error).message.trim()}`,
      error,
    );
  }
  const files: Record<string, Uint8Array> = {};
  const registries = isTable(config.registry) ? config.registry : {};
  for (const [name, registry] of Object.entries(registries)) {
    if (!isTable(registry)) throw invalid(`registry ${name} of ${path} is not a table`);
    const take = async (file: unknown, what: string): Promise<string> => {
      if (typeof file !== "string") throw invalid(`${what} of registry ${name} in ${path} is not a path`);
      const place = `certs/${name.replace(/[^a-zA-Z0-9.-]+/g, "_")}/${basename(file)}`;
      files[place] = await readLimited(resolve(cwd, file), `${what} of registry ${name}: ${file}`);
      return `${CONFIG_DIR}/${place}`;
    };
    await moveFiles(registry, take);
  }
  files["buildkitd.toml"] = Buffer.from(stringify(config));
  return { files, config };
}

/** Replaces the paths in a registry's table by what `take` makes of them. */
async function moveFiles(
  registry: TomlTable,
  take: (file: unknown, what: string) => Promise<string>,
): Promise<void> {
  if (Array.isArray(registry.ca)) {
    registry.ca = await Promise.all(registry.ca.map((file) => take(file, "ca")));
  }
  for (const pair of Array.isArray(registry.keypair) ? registry.keypair : []) {
    if (!isTable(pair)) continue;
    for (const part of ["key", "cert"]) {
      if (pair[part]) pair[part] = await take(pair[part], part);
    }
  }
}

async function readLimited(path: string, what: string): Promise<Buffer> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { size } = await file.stat();
    if (size > LIMIT) throw new Error(`it has more than ${LIMIT} bytes`);
    return await file.readFile();
  } catch (error) {
    throw invalid(`cannot read ${what}: ${(error as Error).message}`, error);
  } finally {
    await file?.close();
  }
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function invalid(message: string, cause?: unknown): TsbxError {
  return new TsbxError("INVALID_BUILDKITD_CONFIG", message, { cause });
}
