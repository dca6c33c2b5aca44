import { formatPlatform, parsePlatform } from "./platform.ts";

/** What a machine of an architecture also runs, by containerd's platform rules: best first, itself left out. */
const ALSO_RUNS: ReadonlyMap<string, readonly string[]> = new Map([
  ["amd64", ["386"]],
  ["arm64", ["arm/v8", "arm/v7", "arm/v6", "arm/v5"]],
]);
const DESCENDING_VARIANTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["amd64", ["v4", "v3", "v2", ""]],
  ["arm", ["v8", "v7", "v6", "v5"]],
]);

/** Whether `offered` is exactly the platform `wanted`. */
export function isSamePlatform(wanted: string, offered: string): boolean {
  return canonical(wanted) === canonical(offered);
}

/**
 * How well a machine of platform `offered` runs builds for `wanted`: 0 is best, undefined is not at all.
 * An arm64 machine runs arm, an amd64 one 386, and higher variants run lower ones.
 */
export function platformFit(wanted: string, offered: string): number | undefined {
  const index = runnable(offered).indexOf(canonical(wanted));
  return index < 0 ? undefined : index;
}

function runnable(offered: string): string[] {
  const { os, architecture, variant = "" } = parsePlatform(offered);
  const variants = DESCENDING_VARIANTS.get(architecture);
  const own = variants?.includes(variant) ? variants.slice(variants.indexOf(variant)) : [variant];
  return [
    ...own.map((each) => [architecture, each].filter(Boolean).join("/")),
    ...(ALSO_RUNS.get(architecture) ?? []),
  ].map((platform) => canonical(`${os}/${platform}`));
}

function canonical(text: string): string {
  return formatPlatform(parsePlatform(text));
}
