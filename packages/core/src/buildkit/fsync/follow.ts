import { readdirSync, readlinkSync } from "node:fs";
import { posix } from "node:path";
import { hasWildcard, nameMatcher } from "./pattern.ts";

/** As many links as Linux follows for one path: those that lead deeper into themselves have no end. */
const MAX_LINKS = 40;

/**
 * The include patterns that a build needs for the paths that it uses: the paths themselves and, where one
 * leads through a symlink, what that points to. Undefined when everything is needed.
 *
 * The link's target is looked up inside the root, as if that were the file system's.
 */
export function followPaths(root: string, paths: readonly string[]): string[] | undefined {
  const found = new Set<string>();
  const seen = new Set<string>();
  for (const path of paths) follow(root, posix.join("/", path).slice(1), found, seen, MAX_LINKS);
  const include = withoutCovered([...found]);
  return include.includes(".") ? undefined : include;
}

function follow(root: string, path: string, found: Set<string>, seen: Set<string>, links: number): void {
  if (seen.has(path) || links === 0) return;
  seen.add(path);
  const names = path.split("/").filter(Boolean);
  let current = "";
  for (const [at, name] of names.entries()) {
    const parent = current;
    current = parent === "" ? name : `${parent}/${name}`;
    const targets = hasWildcard(name) ? wildcardTargets(root, parent, name) : linkTarget(root, current);
    if (targets.length === 0) continue;
    found.add(current);
    const rest = names.slice(at + 1).join("/");
    for (const target of targets)
      follow(root, posix.join("/", target, rest).slice(1), found, seen, links - 1);
    return;
  }
  found.add(current === "" ? "." : current);
}

/** Where the symlinks that a name with wildcards stands for point to. */
function wildcardTargets(root: string, parent: string, name: string): string[] {
  let names: string[];
  try {
    names = readdirSync(posix.join(root, parent));
  } catch {
    return [];
  }
  return names
    .filter(nameMatcher(name))
    .flatMap((entry) => linkTarget(root, parent === "" ? entry : `${parent}/${entry}`));
}

/** The target of a symlink relative to the root; none for everything else. */
function linkTarget(root: string, path: string): string[] {
  let target: string;
  try {
    target = readlinkSync(posix.join(root, path));
  } catch {
    return [];
  }
  const inRoot = posix.isAbsolute(target) ? target : posix.join("/", posix.dirname(path), target);
  return [posix.join("/", inRoot).slice(1)];
}

/** Sorted, without paths that lie below another one. */
export function withoutCovered(paths: readonly string[]): string[] {
  const kept: string[] = [];
  for (const path of [...paths].sort()) {
    const last = kept.at(-1);
    if (last === undefined || (path !== last && !path.startsWith(`${last}/`))) kept.push(path);
  }
  return kept;
}
