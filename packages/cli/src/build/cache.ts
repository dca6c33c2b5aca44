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

/** The attributes that a GitHub workflow's cache service needs are in the job's environment. */
function githubCache(attrs: Record<string, string>, env: Environment): CacheEntry[] {
  const second = attrs.version
    ? attrs.version === "2"
    : parseBoolean(env.ACTIONS_CACHE_SERVICE_V2 ?? "") === true;
  const token = attrs.token ?? env.ACTIONS_RUNTIME_TOKEN;
  const key = second ? "url_v2" : "url";
  const url =
    attrs[key] ?? (second ? env.ACTIONS_RESULTS_URL : env.ACTIONS_CACHE_URL || env.ACTIONS_RESULTS_URL);
  if (!token || !url) return [];
  return [{ type: "gha", attrs: { ...attrs, ...(second ? { version: "2" } : {}), token, [key]: url } }];
}
