import { access } from "node:fs/promises";
import { join } from "node:path";
import { type Driver, parseDriverOptions } from "@tsbx/core/driver";
import { type ConfigFiles, readConfigFiles, type StoredBuilder, type StoredNode } from "@tsbx/core/store";
import { type BuilderHost, driverContext } from "../host.ts";
import { nextNodeName, nodesOf } from "./change-nodes.ts";
import { type CreateOptions, refused } from "./flags.ts";

/**
 * A new node, or an existing one with all that was given changed: its driver fills in what was not given.
 * @throws TsbxError `INVALID_ARGUMENTS`, `INVALID_DRIVER_OPTION`, `CAPABILITY_MISSING`, or what the driver says
 */
export async function planNode(
  options: CreateOptions,
  builder: StoredBuilder,
  existing: StoredNode | undefined,
  driver: Driver,
  host: BuilderHost,
): Promise<StoredNode> {
  const configFiles = await configOf(options, existing, driver, host);
  const given = options.driverOptions ?? existing?.driverOpts ?? {};
  const endpoint = options.endpoint ?? existing?.endpoint;
  const name = options.nodeName?.toLowerCase() ?? existing?.name;
  const node = {
    builder: builder.name,
    index: existing ? builder.nodes.indexOf(existing) : builder.nodes.length,
    options: storable(driver, given, host.cwd),
    buildkitdFlags: options.buildkitdFlags ?? existing?.flags ?? [],
    ...(name && { name }),
    ...(endpoint && { endpoint }),
    ...(configFiles && { buildkitdConfig: configFiles.config }),
  };
  const prepared = (await driver.prepareNode?.(node, driverContext(host, driver.name), host.signal)) ?? node;
  const platforms = options.platforms ?? existing?.platforms;
  // Of what a change does not name, the old value would stay.
  const cleared = existing?.flags && options.buildkitdFlags;
  const files = configFiles ? { ...existing?.files, ...configFiles.files } : existing?.files;
  return {
    name: prepared.name ?? nextNodeName(builder.name, builder.nodes),
    endpoint: prepared.endpoint ?? "",
    ...(platforms && { platforms }),
    ...(Object.keys(prepared.options).length > 0 && { driverOpts: prepared.options }),
    ...((prepared.buildkitdFlags.length > 0 || cleared) && { flags: prepared.buildkitdFlags }),
    ...(files && { files }),
  };
}

async function configOf(
  { configFile, buildkitdFlags }: CreateOptions,
  existing: StoredNode | undefined,
  driver: Driver,
  { cwd, store }: BuilderHost,
): Promise<ConfigFiles | undefined> {
  if (driver.capabilities.buildkitConfig !== "yes") {
    const { checkConfigurable } = await import("@tsbx/core");
    // Before the file is read; of what was there before, whoever opens the node will hear.
    checkConfigurable(driver, [
      ...(configFile ? (["--buildkitd-config"] as const) : []),
      ...(buildkitdFlags?.length ? (["--buildkitd-flags"] as const) : []),
    ]);
    return undefined;
  }
  if (configFile) return readConfigFiles(configFile, cwd);
  // The configuration of all new builders, where the user keeps one.
  const usual = join(store.dir, "buildkitd.default.toml");
  const isThere = await access(usual).then(
    () => true,
    () => false,
  );
  return isThere && !existing ? readConfigFiles(usual, cwd) : undefined;
}

/** The options as the store keeps them: checked, and paths absolute, for they are read from anywhere. */
function storable(
  driver: Driver,
  pairs: Readonly<Record<string, string>>,
  directory: string,
): Record<string, string> {
  const values = parseDriverOptions(driver.options, pairs, { driver: driver.name, directory });
  return Object.fromEntries(
    Object.entries(pairs).map(([name, text]) => [
      name,
      driver.options[name]?.type === "path" ? String(values[name]) : text,
    ]),
  );
}

/** The node that `create` is to change, if any. */
export function nodeToChange(options: CreateOptions, builder: StoredBuilder): StoredNode | undefined {
  const { nodeName, append } = options;
  const found = builder.nodes.find(({ name }) => name === nodeName?.toLowerCase());
  if (found || append || builder.nodes.length === 0) return found;
  throw refused(`node ${nodeName} not found, did you mean to append?`, nodesOf(builder));
}
