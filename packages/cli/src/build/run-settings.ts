import { TsbxError } from "@tsbx/core/errors";
import { parseBytes } from "../flags/bytes.ts";
import { parseCsv } from "../flags/csv.ts";

interface RunFlags {
  "add-host": readonly string[];
  "shm-size"?: string | undefined;
  ulimit: readonly string[];
  "cgroup-parent"?: string | undefined;
}

/**
 * The frontend attributes for what RUN instructions find around them: hosts, /dev/shm, ulimits, cgroup.
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

function invalid(message: string, hint?: string): TsbxError {
  return new TsbxError("INVALID_FLAG", message, hint === undefined ? {} : { hint });
}
