import { hasWildcard, nameMatcher, PatternList } from "../buildkit/fsync/pattern.ts";
import type { LocalPaths } from "./graph.ts";

type Selected = Pick<LocalPaths, "path" | "include" | "exclude">;

/** Which paths of a directory a step reads. */
export function selection({ path, include, exclude }: Selected): (file: string) => boolean {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  const matchers = names.map((name) =>
    hasWildcard(name) ? nameMatcher(name) : (other: string) => other === name,
  );
  const [included, excluded] = [include, exclude].map((patterns) => new PatternList(patterns));
  return (file) => {
    const parts = file.split("/");
    if (parts.length < matchers.length || !matchers.every((matches, index) => matches(parts[index]!)))
      return false;
    const below = parts.slice(matchers.length);
    if (below.length === 0) return true;
    return (include.length === 0 || matchesBelow(included!, below)) && !matchesBelow(excluded!, below);
  };
}

/** Whether a path matches, on the way down to which each directory may do so. */
function matchesBelow(list: PatternList, names: readonly string[]): boolean {
  let state = list.initial;
  let matched = false;
  for (let depth = 1; depth <= names.length; depth++) {
    const own = list.initial;
    matched = list.match(names.slice(0, depth).join("/"), state, own);
    state = own;
  }
  return matched;
}
