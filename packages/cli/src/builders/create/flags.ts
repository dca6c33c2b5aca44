import { TsbxError } from "@tsbx/core/errors";
import { platformList } from "../../build/platforms.ts";
import { parseCsv } from "../../flags/csv.ts";
import { parseTimeout, TIMEOUT_FLAG } from "../../flags/duration.ts";
import { splitKeyValue } from "../../flags/key-value.ts";
import { shellWords } from "../../flags/shell-words.ts";
import { type FlagTable, type FlagValues, GLOBAL_FLAGS } from "../../flags/table.ts";

export const CREATE_FLAGS = {
  ...GLOBAL_FLAGS,
  append: { type: "boolean", doc: "Add a node to the builder instead of changing it" },
  bootstrap: { type: "boolean", doc: "Boot the builder after it was created" },
  builder: { ...GLOBAL_FLAGS.builder, hidden: true },
  "buildkitd-config": {
    type: "string",
    complete: "file",
    value: "file",
    doc: "Configuration file for buildkitd",
  },
  "buildkitd-flags": { type: "string", doc: "Flags of buildkitd" },
  config: { type: "string", doc: "Former name of --buildkitd-config", hidden: true },
  driver: {
    type: "string",
    complete: "driver",
    value: "name",
    doc: "Driver of the builder; `tsbx drivers` shows those there are",
  },
  "driver-opt": {
    type: "list",
    complete: "driver-option",
    value: "name=value",
    doc: "Options of the driver",
  },
  leave: { type: "boolean", doc: "Remove a node from the builder instead of changing it" },
  name: { type: "string", complete: "builder", doc: "Name of the builder (default: a random one)" },
  node: { type: "string", complete: "node", doc: "Name of the node to add, change or remove" },
  platform: { type: "list", complete: "platforms", value: "os/arch", doc: "Platforms that the node is for" },
  timeout: TIMEOUT_FLAG,
  use: { type: "boolean", doc: "Take the builder into use" },
} as const satisfies FlagTable;

export type CreateFlags = FlagValues<typeof CREATE_FLAGS>;

/** What the flags of `create` say, checked. Undefined is what was not given. */
export interface CreateOptions {
  name?: string;
  nodeName?: string;
  append: boolean;
  driver?: string;
  endpoint?: string;
  driverOptions?: Readonly<Record<string, string>>;
  platforms?: readonly string[];
  buildkitdFlags?: readonly string[];
  configFile?: string;
}

/** @throws TsbxError `INVALID_ARGUMENTS`, `INVALID_FLAG`, `INVALID_PLATFORM` */
export async function parseCreateFlags(
  flags: CreateFlags,
  endpoint: string | undefined,
): Promise<CreateOptions> {
  parseTimeout(flags.timeout);
  const { name, append } = flags;
  if (name?.toLowerCase() === "default") {
    throw refused("default is a reserved name and cannot be used to identify builder instance");
  }
  if (append && flags.leave) throw refused("--append and --leave exclude each other");
  if (append && !name) throw refused("append requires a builder name");
  const configFile = flags["buildkitd-config"] || flags.config;
  const daemonFlags = flags["buildkitd-flags"];
  return {
    append,
    ...(name && { name }),
    ...(flags.node && { nodeName: flags.node }),
    ...(flags.driver && { driver: flags.driver }),
    ...(endpoint && { endpoint }),
    ...(flags["driver-opt"].length > 0 && { driverOptions: driverOptions(flags["driver-opt"]) }),
    ...(flags.platform.length > 0 && { platforms: await normalPlatforms(flags.platform) }),
    ...(daemonFlags !== undefined && { buildkitdFlags: shellWords(daemonFlags) }),
    ...(configFile && { configFile }),
  };
}

async function normalPlatforms(values: readonly string[]): Promise<string[]> {
  const { formatPlatform, parsePlatform } = await import("@tsbx/core");
  return platformList(values).map((text) => formatPlatform(parsePlatform(text)));
}

function driverOptions(values: readonly string[]): Record<string, string> {
  const options: Record<string, string> = Object.create(null);
  for (const field of values.flatMap(parseCsv)) {
    const [key, value] = splitKeyValue(field);
    if (value === undefined) {
      throw refused(
        `invalid value "${field}" of --driver-opt, expecting k=v`,
        "Quote a value with commas as a whole: --driver-opt '\"name=a,b\"'.",
      );
    }
    options[key] = value;
  }
  return options;
}

export function refused(message: string, hint?: string): TsbxError {
  return new TsbxError("INVALID_ARGUMENTS", message, hint === undefined ? {} : { hint });
}
