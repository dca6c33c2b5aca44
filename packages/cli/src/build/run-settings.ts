import { TsbxError } from "@tsbx/core/errors";
import { parseBytes } from "../flags/bytes.ts";
import { parseCsv } from "../flags/csv.ts";
import { splitKeyValue } from "../flags/key-value.ts";

interface RunFlags {
  "add-host": readonly string[];
  "shm-size"?: string | undefined;
  ulimit: readonly string[];
  "cgroup-parent"?: string | undefined;
  resource: readonly string[];
}

/** The peer's names of what a RUN may use, and BuildKit's. */
const RESOURCES = {
  memory: "memory",
  "memory-swap": "memswap",
  "cpu-shares": "cpushares",
  "cpu-period": "cpuperiod",
  "cpu-quota": "cpuquota",
  "cpuset-cpus": "cpusetcpus",
  "cpuset-mems": "cpusetmems",
} as const;
type Resource = keyof typeof RESOURCES;

/**
 * The frontend attributes for what RUN instructions find around them: hosts, /dev/shm, ulimits, cgroup, resources.
 * @throws TsbxError `INVALID_FLAG`
 */
export function runSettings(flags: RunFlags): Record<string, string> {
  const attrs: Record<string, string> = {};
  const hosts = flags["add-host"].flatMap(parseCsv).map(parseHost);
  if (hosts.length > 0) attrs["add-hosts"] = hosts.join(",");
  const bytes = parseBytes("shm-size", flags["shm-size"]);
  if (bytes > 0) attrs["shm-size"] = String(bytes);
  const ulimits = new Map(flags.ulimit.map(parseUlimit));
  if (ulimits.size > 0)
    attrs.ulimit = [...ulimits.keys()]
      .sort()
      .map((name) => ulimits.get(name))
      .join(",");
  for (const text of flags.resource) Object.assign(attrs, parseResource(text));
  if (flags["cgroup-parent"]) attrs["cgroup-parent"] = flags["cgroup-parent"];
  return attrs;
}

function parseHost(text: string): string {
  const [, host, address] = /^([^=:]+)(?:=|:)(.+)$/.exec(text) ?? [];
  if (!host || !address) throw invalid(`invalid host ${text}`, "Write it as host=ip or host:ip.");
  return `${host}=${address.replace(/^\[(.*)\]$/, "$1")}`;
}

function parseUlimit(text: string): [name: string, value: string] {
  const [, name, softText, hardText] = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
  if (!name) throw invalid(`invalid ulimit argument: ${text}`, "Write it as name=soft[:hard].");
  const soft = Number(softText);
  const hard = hardText === undefined ? soft : Number(hardText);
  if (hard !== -1 && (soft === -1 || soft > hard)) {
    throw invalid(`ulimit soft limit must be less than or equal to hard limit: ${text}`);
  }
  return [name, `${name}=${soft}:${hard}`];
}

/** The attribute for `--resource name=value`; none for a value that limits nothing. */
function parseResource(text: string): Record<string, string> {
  const [name, value] = splitKeyValue(text);
  if (value === undefined) throw invalid(`invalid resource "${text}", expected key=value`);
  if (!Object.hasOwn(RESOURCES, name)) {
    throw invalid(`unknown resource "${name}"`, `Use one of ${Object.keys(RESOURCES).join(", ")}.`);
  }
  const attribute = RESOURCES[name as Resource];
  if (name.startsWith("cpuset")) return value === "" ? {} : { [attribute]: value };
  const amount = name.startsWith("memory") ? memoryOf(name, value) : integerOf(name, value);
  const limits = name === "memory-swap" ? amount !== 0 : amount > 0;
  return limits ? { [attribute]: String(amount) } : {};
}

function memoryOf(name: string, value: string): number {
  // No limit, of swap that is.
  if (name === "memory-swap" && value === "-1") return -1;
  try {
    return parseBytes(name, value);
  } catch {
    throw invalid(`invalid value "${value}" for resource ${name}: invalid size`, "Write it as 512m or 2g.");
  }
}

function integerOf(name: string, value: string): number {
  if (/^[+-]?\d+$/.test(value)) return Number(value);
  throw invalid(`invalid value "${value}" for resource ${name}: not a whole number`);
}

function invalid(message: string, hint?: string): TsbxError {
  return new TsbxError("INVALID_FLAG", message, hint === undefined ? {} : { hint });
}
