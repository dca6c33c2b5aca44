import type { CacheEntry } from "@tsbx/core";
import { parseBoolean } from "../flags/boolean.ts";
import { parseCsv } from "../flags/csv.ts";
import type { Environment } from "../io.ts";
import { parseTyped } from "./attributes.ts";

/**
 * Reads the values of `--cache-from` or `--cache-to`: registry references, or `type=...` with attributes.
 * Entries that the environment would have to complete and doesn't, such as `gha` outside a workflow, are dropped.
 * @throws TsbxError `INVALID_CACHE`
 */
export function parseCaches(values: readonly string[], env: Environment): CacheEntry[] {
  return values.filter((value) => value !== "").flatMap((value) => parseCache(value, env));
}

function parseCache(text: string, env: Environment): CacheEntry[] {
  if (!text.includes("=")) return parseCsv(text).map((ref) => ({ type: "registry", attrs: { ref } }));
  const { type, attrs } = parseTyped(text, "INVALID_CACHE");
  return type === "gha" ? githubCache(attrs, env) : [{ type, attrs }];
}

/**
 * The attributes that a GitHub workflow's cache service needs are in the job's environment. The daemon takes the
 * second version of the service where it has a URL of that.
 */
function githubCache(attrs: Record<string, string>, env: Environment): CacheEntry[] {
  const second = attrs.version
    ? attrs.version === "2"
    : parseBoolean(env.ACTIONS_CACHE_SERVICE_V2 ?? "") === true;
  const found = {
    token: env.ACTIONS_RUNTIME_TOKEN,
    url: env.ACTIONS_CACHE_URL || env.ACTIONS_RESULTS_URL,
    url_v2: second ? env.ACTIONS_RESULTS_URL : undefined,
  };
  for (const [key, value] of Object.entries(found)) if (value) attrs[key] ??= value;
  return attrs.token && (attrs.url || attrs.url_v2) ? [{ type: "gha", attrs }] : [];
}
