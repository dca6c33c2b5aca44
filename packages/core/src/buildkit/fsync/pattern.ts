import { TsbxError } from "../../errors.ts";
import { globMatcher } from "./glob.ts";

/** Which patterns of a list match a directory or one above it: what its children inherit. */
export type MatchState = Uint8Array;

interface Pattern {
  exception: boolean;
  matches(path: string): boolean;
  /** The names that every path that it matches starts with. */
  fixed: string;
  /** It matches the fixed part and what is below it, and nothing else. */
  plain: boolean;
}

/**
 * A list of ignore or include patterns as Docker's tools understand them: `*`, `?`, `[...]` inside a name,
 * `**` across directories, `!` for exceptions, the last match wins, and what matches a directory matches
 * everything in it.
 */
export class PatternList {
  readonly #patterns: Pattern[];
  readonly #exceptions: Pattern[];

  /** @throws TsbxError `INVALID_PATTERN` */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns
      .map((text) => text.trim())
      .filter((text) => text !== "")
      .map(compile);
    this.#exceptions = this.#patterns.filter((pattern) => pattern.exception);
  }

  /** The state above the top. */
  get initial(): MatchState {
    return new Uint8Array(this.#patterns.length);
  }

  /** Whether `path` matches, given its directory's state. Writes the path's own state into `state`. */
  match(path: string, parent: MatchState, state: MatchState): boolean {
    let matched = false;
    const patterns = this.#patterns;
    for (let i = 0; i < patterns.length; i++) {
      const pattern = patterns[i]!;
      let match = parent[i] === 1;
      // A pattern that could not change the outcome is not tried, and not inherited either: the rule of the
      // tools that wrote these lists' semantics.
      if (!match && pattern.exception === matched) match = pattern.matches(path);
      state[i] = match ? 1 : 0;
      if (match) matched = !pattern.exception;
    }
    return matched;
  }

  /** Whether no path below a directory can match that does not match already. For include lists. */
  cannotMatchBelow(directory: string): boolean {
    return this.#patterns.every((pattern) => !reachesInto(pattern, directory));
  }

  /** Whether everything below a directory that matches does so too. For exclude lists. */
  matchesAllBelow(directory: string): boolean {
    return this.#exceptions.every((pattern) => !reachesInto(pattern, directory));
  }
}

/** Whether a pattern can match below a directory without matching the directory itself. */
function reachesInto({ fixed, plain }: Pattern, directory: string): boolean {
  if (fixed === directory || fixed.startsWith(`${directory}/`)) return true;
  return !plain && (fixed === "" || directory.startsWith(`${fixed}/`));
}

function compile(source: string): Pattern {
  // In this order, as elsewhere: what follows the mark is not cleaned from its start.
  const cleaned = clean(source);
  const exception = cleaned.startsWith("!");
  const text = exception ? cleaned.slice(1) : cleaned;
  if (text === "") throw new TsbxError("INVALID_PATTERN", 'illegal exclusion pattern: "!"');
  return { exception, matches: matcher(text), ...fixedPart(text) };
}

/** Whether one of the characters in a name stands for others. */
export function hasWildcard(name: string): boolean {
  return /^(?:\\.|[^\\*?[])*[*?[]/su.test(name);
}

/** Go's filepath.Match for one name, where `**` and `!` mean nothing. A broken pattern matches nothing. */
export function nameMatcher(pattern: string): (name: string) => boolean {
  try {
    return globMatcher(pattern.replace(/(\\.)|\*+/gsu, (_, escaped) => escaped ?? "*"));
  } catch {
    return () => false;
  }
}

/** Like Go's filepath.Clean. */
function clean(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name === ".." && names.length > 0 && names.at(-1) !== "..") names.pop();
    else names.push(name);
  }
  const joined = names.join("/");
  if (path.startsWith("/")) return `/${joined}`;
  return joined === "" ? "." : joined;
}

const SPECIAL = /[*?[\]^\\]/;

function fixedPart(text: string): { fixed: string; plain: boolean } {
  const names = text.replace(/\/\*\*?$/, "").split("/");
  const end = names.findIndex((name) => SPECIAL.test(name));
  return { fixed: names.slice(0, end < 0 ? undefined : end).join("/"), plain: end < 0 };
}

function matcher(text: string): (path: string) => boolean {
  if (text === "**") return () => true;
  const last = text.slice(0, -2);
  if (text.endsWith("**") && !/[*?[\\]/.test(last)) return (path) => path.startsWith(last);
  if (text.startsWith("**/") && !/[*?[\\]/.test(text.slice(3))) {
    const name = text.slice(3);
    return (path) => path === name || path.endsWith(`/${name}`);
  }
  if (text.startsWith("**") && !/[*?[\\]/.test(text.slice(2))) {
    const end = text.slice(2);
    return (path) => path.endsWith(end);
  }
  if (!/[*?[\\]/.test(text)) return (path) => path === text;
  return globMatcher(text);
}
