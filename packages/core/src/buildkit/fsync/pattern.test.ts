import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PathFilter } from "./path-filter.ts";
import { PatternList } from "./pattern.ts";

/** Walks down to a path as a transfer does, each directory inheriting what matched above it. */
function matches(patterns: readonly string[], path: string): boolean {
  const list = new PatternList(patterns);
  const names = path.split("/");
  let state = list.initial;
  let matched = false;
  for (let depth = 1; depth <= names.length; depth++) {
    const own = list.initial;
    matched = list.match(names.slice(0, depth).join("/"), state, own);
    state = own;
  }
  return matched;
}

describe("one pattern", () => {
  test.each<[string, string[], string[]]>([
    ["a", ["a", "a/b", "a/b/c"], ["b", "b/a", "aa", "A"]],
    ["a/b", ["a/b", "a/b/c"], ["a", "b", "a/bc", "x/a/b"]],
    ["a/", ["a", "a/b"], ["b"]],
    ["./a//b/../c", ["a/c", "a/c/d"], ["a/b", "a"]],
    [" a ", ["a"], [" a ", "b"]],
    ["/a", [], ["a", "b/a"]],
    ["*", ["a", ".hidden", "a/b/c"], []],
    ["*.md", ["a.md", ".md", "a.md/b"], ["a.mdx", "d/a.md"]],
    ["a*c", ["ac", "abc", "abbc"], ["a/c", "abcd"]],
    ["a/*", ["a/b", "a/b/c"], ["a", "b/a"]],
    ["*/b", ["a/b", "a/b/c"], ["b", "a/c/b"]],
    ["?", ["a", "ü", "😀", "a/b"], ["ab", ""]],
    ["a?c", ["abc", "a\nc"], ["ac", "a/c"]],
    ["**", ["a", "a/b", ".x"], []],
    ["**/", ["a", "a/b"], []],
    ["**/foo", ["foo", "a/foo", "a/b/foo", "foo/a"], ["xfoo", "a/xfoo", "a/foox"]],
    ["**foo", ["foo", "xfoo", "a/xfoo"], ["foox"]],
    ["**/*.go", ["x.go", "a/b/x.go", ".go", "a\r/x.go"], ["x.goo", "x"]],
    ["foo/**", ["foo/a", "foo/a/b"], ["foo", "food/a"]],
    ["foo**", ["foo", "food", "foo/a", "food/a"], ["fo", "a/foo"]],
    ["a/**/b", ["a/b", "a/x/b", "a/x/y/b", "a/b/c"], ["a", "b", "ab", "a/xb", "x/a/b"]],
    ["**/a/**", ["a/b", "x/a/b"], ["a", "x/a", "b"]],
    ["**/a/*", ["a/b", "x/a/b/c"], ["a", "b"]],
    ["a**b", ["ab", "ax/b"], ["axb"]],
    ["[ab]", ["a", "b", "a/x"], ["c", "ab", "[ab]"]],
    ["[a-c]x", ["ax", "cx"], ["dx", "-x"]],
    ["[^a]x", ["bx", "^x"], ["ax", "x"]],
    ["x[\\]]y", ["x]y"], ["xy"]],
    ["x[\\-a]", ["x-", "xa"], ["xb"]],
    ["\\*", ["*"], ["a", "\\*"]],
    ["\\[a]", ["[a]"], ["a"]],
    ["a\\b", ["ab"], ["a\\b"]],
    ["a.b", ["a.b"], ["axb"]],
    ["(a|b)+{c}$", ["(a|b)+{c}$"], ["a", "a+c"]],
    ["(*)+.{$}|", ["(x)+.{$}|"], ["x"]],
    ["a]", ["a]"], ["a"]],
    ["a]*", ["a]", "a]b"], ["a"]],
    ["a^", ["a^"], ["a"]],
    ["^a*", ["a", "ab"], ["^a", "b"]],
    ["\\^a*", ["^a", "^ab"], ["a"]],
    ["#a", ["#a"], ["a"]],
    ["ü*", ["ü", "über"], ["u"]],
    [".", [], ["a", "a/b"]],
    ["..", [], ["a"]],
    ["../a", [], ["a"]],
  ])("%j", (pattern, yes, no) => {
    expect(yes.filter((path) => !matches([pattern], path))).toEqual([]);
    expect(no.filter((path) => matches([pattern], path))).toEqual([]);
  });
});

describe("a list of patterns", () => {
  test.each<[string[], string[], string[]]>([
    [
      ["*", "!a"],
      ["b", "b/a"],
      ["a", "a/b"],
    ],
    [["!a", "*"], ["a", "b"], []],
    [["*", "!*.md", "README.md"], ["x", "README.md"], ["a.md"]],
    [
      ["a", "!a/b", "a/b/c"],
      ["a", "a/x", "a/b/c"],
      ["a/b", "a/b/x"],
    ],
    [["a", "!a/b", "a/b"], ["a", "a/b", "a/b/c"], []],
    // At `a` the third pattern is skipped, so `a/b` does not inherit it.
    [["a", "!a/b", "a"], ["a"], ["a/b", "a/b/c"]],
    [["**/node_modules", "!**/keep.me"], ["node_modules/x", "a/node_modules"], ["node_modules/keep.me"]],
    [["", "  ", "a"], ["a"], ["b"]],
    [["a", "!!a"], ["a"], []],
    [["*", "!./a"], ["a"], []],
    [["*", "! a"], ["a"], [" a"]],
    [[], [], ["a"]],
  ])("%j", (patterns, yes, no) => {
    expect(yes.filter((path) => !matches(patterns, path))).toEqual([]);
    expect(no.filter((path) => matches(patterns, path))).toEqual([]);
  });

  test("a pattern that could not change the outcome is not inherited", () => {
    // At `d` the second pattern is skipped because `d` matches already; below, the exception comes first.
    const list = new PatternList(["d", "d", "!d/x"]);
    const state = list.initial;
    expect(list.match("d", list.initial, state)).toBe(true);
    expect([...state]).toEqual([1, 0, 0]);
    const below = list.initial;
    expect(list.match("d/x", state, below)).toBe(false);
    expect([...below]).toEqual([1, 0, 1]);
  });

  test.each([
    ["!", "illegal exclusion pattern"],
    [" ! ", "illegal exclusion pattern"],
    ["[", "syntax error"],
    ["[a", "syntax error"],
    ["[]a]", "syntax error"],
    ["[^]", "syntax error"],
    ["[-a]", "syntax error"],
    ["[a-]", "syntax error"],
    ["[a-b-c]", "syntax error"],
    ["[z-a]", "syntax error"],
    ["a\\", "syntax error"],
    ["[\\", "syntax error"],
    ["**/[", "syntax error"],
    ["[**", "syntax error"],
    ["!a[", "syntax error"],
  ])("%j is an error", (pattern, problem) => {
    expect(() => new PatternList(["ok", pattern])).toThrow(
      expect.objectContaining({
        code: "INVALID_PATTERN",
        message: expect.stringContaining(problem) as string,
      }),
    );
  });
});

describe("directories that need no look", () => {
  const prunes = (include: string[], exclude: string[], directory: string) => {
    const filter = new PathFilter(include, exclude);
    return filter.judge(directory, true, filter.initial).prune;
  };

  test.each<[string[], boolean]>([
    [["node_modules"], true],
    [["node_modules", "!src"], true],
    [["node_modules", "!src/*/keep"], true],
    [["node_modules", "!src/**/keep"], true],
    [["node_modules", "!node_modules/*/keep"], false],
    [["node_modules", "!node_modules/a"], false],
    [["node_modules", "!node*/a"], false],
    [["node_modules", "!**/keep"], false],
    [["other"], false],
  ])("excluded by %j", (exclude, expected) => {
    expect(prunes([], exclude, "node_modules")).toBe(expected);
  });

  test.each<[string[], boolean]>([
    [["src"], true],
    [["src/*/a", "srcs/?"], true],
    [["docs/*/a"], false],
    [["docs/a"], false],
    [["*/a"], false],
    [["docs*"], false],
  ])("included by %j", (include, expected) => {
    expect(prunes(include, [], "docs")).toBe(expected);
  });
});

describe("properties", () => {
  const name = fc.constantFrom("a", "b", "c", "ab", "a.b");
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
  const part = fc.constantFrom("a", "b", "c", "ab", "*", "**", "?", "a*", "*b", "[ab]", "[^a]", "**b", "a**");
  const pattern = fc
    .tuple(fc.boolean(), fc.array(part, { minLength: 1, maxLength: 3 }))
    .map(([exception, parts]) => (exception ? "!" : "") + parts.join("/"));
  const patterns = fc.array(pattern, { maxLength: 5 });

  test("a list agrees with the rules, applied to the whole path at once", () => {
    fc.assert(
      fc.property(
        fc.array(
          pattern.filter((text) => !text.startsWith("!")),
          { maxLength: 4 },
        ),
        path,
        (list, at) => {
          const above = at.split("/").map((_, i, names) => names.slice(0, i + 1).join("/"));
          const expected = list.some((text) => above.some((prefix) => reference(text).test(prefix)));
          expect(matches(list, at)).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("pruning never changes what is sent", () => {
    fc.assert(
      fc.property(patterns, patterns, path, (include, exclude, at) => {
        const filter = new PathFilter(include, exclude);
        const names = at.split("/");
        let state = filter.initial;
        let pruned = false;
        for (let depth = 1; depth <= names.length; depth++) {
          const verdict = filter.judge(names.slice(0, depth).join("/"), depth < names.length, state);
          expect(pruned && verdict.sent).toBe(false);
          pruned ||= verdict.prune;
          state = verdict.state;
        }
      }),
      { numRuns: 20_000 },
    );
  });
});

/** The regular expression of the rules, without any of the shortcuts. */
function reference(pattern: string): RegExp {
  if (/^[^*?[]*\*\*$/.test(pattern)) return new RegExp(`^${quote(pattern.slice(0, -2))}`);
  if (/^\*\*[^*?[]*$/.test(pattern)) {
    const rest = pattern.slice(2);
    return new RegExp(rest.startsWith("/") ? `(^|/)${quote(rest.slice(1))}$` : `${quote(rest)}$`);
  }
  const body = pattern.replaceAll(/\*\*\/?$|\*\*\/?|\*|\?|\[[^\]]*\]|./g, (token, at: number) => {
    if (token.startsWith("**")) return at + token.length === pattern.length ? ".*" : "(.*/)?";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    return token.startsWith("[") ? token : quote(token);
  });
  return new RegExp(`^${body}$`);
}

function quote(text: string): string {
  return text.replaceAll(/[.+()|{}$^\\]/g, "\\$&");
}
