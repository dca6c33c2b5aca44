import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { TsbxError } from "../errors.ts";
import { addToIndex, resolveInIndex } from "../image/oci-layout-index.ts";
import { kindOf } from "./context.ts";
import type { BuildOptions, CacheEntry } from "./options.ts";
import type { Plan } from "./plan.ts";

const DEFAULT_TAG = "latest";

/** Adds the caches to the plan; a local one is an OCI layout directory that the session serves. */
export async function planCaches(
  options: BuildOptions,
  cwd: string,
  plan: Plan,
  signal: AbortSignal,
): Promise<void> {
  for (const entry of options.cacheFrom ?? []) await planImport(entry, cwd, plan, signal);
  for (const entry of options.cacheTo ?? []) await planExport(entry, cwd, plan);
  if (/^(?:1|t|true)$/i.test(options.buildArgs?.BUILDKIT_INLINE_CACHE ?? ""))
    plan.cacheExports.push({ type: "inline", attrs: {} });
  setCacheImports(plan);
}

/** Tells the frontend of the plan's imports: it looks for what it has built before by itself. */
export function setCacheImports(plan: Plan): void {
  const imports = plan.cacheImports.map(({ type, attrs }) => ({ Type: type, Attrs: attrs }));
  if (imports.length > 0) plan.attrs.set("cache-imports", JSON.stringify(imports));
  else plan.attrs.delete("cache-imports");
}

async function planImport(entry: CacheEntry, cwd: string, plan: Plan, signal: AbortSignal): Promise<void> {
  if (entry.type !== "local") {
    plan.cacheImports.push({ type: entry.type, attrs: { ...entry.attrs } });
    return;
  }
  const { tag = DEFAULT_TAG, ...attrs } = entry.attrs;
  const src = required(attrs, "src", "import");
  const directory = resolve(cwd, src);
  const digest =
    attrs.digest ?? (await resolveInIndex(directory, tag, signal).catch(() => undefined))?.digest;
  if (!digest) {
    // A cache that is not there yet is what the first build always meets.
    plan.notices.push(`local cache import at ${src} not found: skipped`);
    return;
  }
  if (!(await hasBlob(directory, digest))) {
    plan.notices.push(`local cache import at ${src} skipped: it has no ${digest}`);
    return;
  }
  plan.stores.set(`local:${src}`, directory);
  plan.cacheImports.push({ type: "local", attrs: { ...attrs, digest } });
}

async function planExport(entry: CacheEntry, cwd: string, plan: Plan): Promise<void> {
  if (entry.type !== "local") {
    plan.cacheExports.push({ type: entry.type, attrs: { ...entry.attrs } });
    return;
  }
  const { tag = DEFAULT_TAG, reset: _, ...attrs } = entry.attrs;
  const dest = required(attrs, "dest", "export");
  const directory = resolve(cwd, dest);
  if ((await kindOf(directory)) === "file") {
    throw new TsbxError("INVALID_CACHE", `local cache directory ${dest} is a file`);
  }
  plan.stores.set(`local:${dest}`, directory);
  plan.cacheExports.push({ type: "local", attrs });
  plan.afterwards.push(async (response, signal) => {
    const manifest = response["cache.manifest"];
    if (!manifest) return;
    await mkdir(directory, { recursive: true });
    await addToIndex(directory, JSON.parse(manifest), [tag], signal);
  });
}

/**
 * Lets local exports with `reset` remove from their directories what no index names any more. Comes after all that
 * enters something into an index.
 * @throws TsbxError `INVALID_CACHE`
 */
export function planCacheResets({ cacheTo = [] }: BuildOptions, cwd: string, plan: Plan): void {
  for (const { type, attrs } of cacheTo) {
    const { reset, dest = "" } = attrs;
    if (type !== "local" || reset === undefined || isFalse(reset)) continue;
    plan.afterwards.push(async (_, signal) => {
      const { removeUnreferenced } = await import("../image/oci-layout-reset.ts");
      await removeUnreferenced(resolve(cwd, dest), signal).catch((error: Error) => {
        if (signal.aborted) throw error;
        plan.notices.push(`local cache at ${dest} was not reset: ${error.message}`);
      });
    });
  }
}

function isFalse(reset: string): boolean {
  if (/^(?:0|f|false)$/i.test(reset)) return true;
  if (/^(?:1|t|true)$/i.test(reset)) return false;
  throw new TsbxError("INVALID_CACHE", `invalid reset of a local cache: "${reset}" is not a boolean`);
}

async function hasBlob(directory: string, digest: string): Promise<boolean> {
  const { ContentStore } = await import("../buildkit/session/content/store.ts");
  const found = await new ContentStore(directory).info(digest).catch(() => undefined);
  return found !== undefined;
}

function required(attrs: Readonly<Record<string, string>>, key: string, direction: string): string {
  const value = attrs[key];
  if (value) return value;
  throw new TsbxError("INVALID_CACHE", `local cache ${direction} needs ${key}`, {
    hint: `write it as type=local,${key}=DIRECTORY`,
  });
}
