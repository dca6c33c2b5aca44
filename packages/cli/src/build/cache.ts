import { resolve } from "node:path";
import type { CacheEntry } from "@tsbx/core";
import { parseCsv } from "../flags/csv.ts";
import type { Environment } from "../io.ts";
import { parseTyped } from "./attributes.ts";

interface CacheContext {
  cwd: string;
  env: Environment;
}

/**
 * Reads the values of `--cache-from` or `--cache-to`: registry references, or `type=...` with attributes.
 * Entries that the environment would have to complete and doesn't, such as `gha` outside a workflow, are dropped.
 * @throws TsbxError `INVALID_CACHE`
 */
export function parseCaches(values: readonly string[], context: CacheContext): CacheEntry[] {
  return values.filter((value) => value !== "").flatMap((value) => parseCache(value, context));
}

function parseCache(text: string, { cwd, env }: CacheContext): CacheEntry[] {
  if (!text.includes("=")) return parseCsv(text).map((ref) => ({ type: "registry", attrs: { ref } }));
  const { type, attrs } = parseTyped(text, "INVALID_CACHE");
  switch (type) {
    case "gha":
      return githubCache(attrs, env);
    case "local":
      return [{ type, attrs: resolvePaths(attrs, cwd) }];
    default:
      return [{ type, attrs }];
  }
}

function resolvePaths(attrs: Record<string, string>, cwd: string): Record<string, string> {
  const paths = (["src", "dest"] as const).flatMap((key) =>
    attrs[key] ? [[key, resolve(cwd, attrs[key])]] : [],
  );
  return { ...attrs, ...Object.fromEntries(paths) };
}

/** The attributes that a GitHub workflow's cache service needs are in the job's environment. */
function githubCache(attrs: Record<string, string>, env: Environment): CacheEntry[] {
  const second = (attrs.version ?? env.ACTIONS_CACHE_SERVICE_V2 ?? "") !== "" && attrs.version !== "1";
  const token = attrs.token ?? env.ACTIONS_RUNTIME_TOKEN;
  const key = second ? "url_v2" : "url";
  const url =
    attrs[key] ?? (second ? env.ACTIONS_RESULTS_URL : env.ACTIONS_CACHE_URL || env.ACTIONS_RESULTS_URL);
  if (!token || !url) return [];
  return [{ type: "gha", attrs: { ...attrs, ...(second ? { version: "2" } : {}), token, [key]: url } }];
}
