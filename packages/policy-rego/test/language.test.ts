import { describe, expect, it } from "vitest";
import { ours, theirs, usePeer } from "./reference.ts";
import { OF_WRONG_TYPES, REFUSED, REFUSED_BY_BOTH, SAME } from "./terms.ts";

usePeer();

/** A module that tells the values that a term has, with rules that it may use. */
function telling(term: string, rules = ""): string {
  return `package docker
import rego.v1
${rules}
found := [x | x := ${term}]
decision := {"allow": false, "deny_msg": [json.marshal(found)]}
`;
}
describe("terms", () => {
  it.each(SAME)("%s", async (term) => {
    const text = telling(term);
    const found = ours(text);
    expect(found).not.toMatch(/^error: /);
    expect(found).toBe(await theirs(text));
  });

  it.each(REFUSED)("%s is refused", async (term) => {
    const text = telling(term);
    expect(ours(text)).toMatch(/^error: /);
    expect(await theirs(text)).not.toMatch(/^error: /);
  });

  it.each(REFUSED_BY_BOTH)("%s is refused by both", async (term) => {
    const text = telling(term);
    expect(ours(text)).toMatch(/^error: /);
    expect(await theirs(text)).toMatch(/^error: /);
  });

  it.each(OF_WRONG_TYPES)("%s has a wrong type", async (term) => {
    const text = telling(term);
    expect(ours(text)).toMatch(/^\[(?:\[\]|\[1\])?\]$/);
    expect(await theirs(text)).toMatch(/^error: /);
  });
});

/** What is negated, and has something in it that is undefined. `d` is of no known type. */
const NEGATED = [
  ...[
    "d.missing",
    "not_found",
    'd.o["b"]',
    "d.o[d.missing]",
    "d.o[d.o[d.missing]]",
    "f(d.missing)",
    "f(1)[d.missing]",
  ],
  ...[
    "d.missing == 1",
    "1 == d.missing",
    "d.missing = 1",
    "d.missing != 1",
    "d.missing > 1",
    "d.missing.a == 1",
  ],
  ...["d.o[d.missing] == 1", "f(d.missing) == 1", "f(d.one) == 2", "lower(upper(d.missing))"],
  ...["not_found == 1", "f(not_found)", "startswith(input.missing, d.a)", "f(f(d.missing))"],
  ...[
    "d.missing in [1]",
    "1 in d.missing",
    "(d.missing == 1) >= 2",
    "d.missing + 1 == 2",
    "d.one + d.missing == 2",
  ],
  ...[
    "[d.missing]",
    '{"a": d.missing}',
    "[d.missing] == [1]",
    "[1] = [d.missing]",
    "[d.one] = [2]",
    "[d.one] == [d.one]",
  ],
  ...["[x | x := d.missing] == []", "[x | x := d.missing]", "object.get(d.missing, d.a, 1) == 2"],
  ...[
    "object.get(d.o, d.missing, 1) == 2",
    "{d.missing}",
    "d.one",
    "d.one == 1",
    "d.one == 2",
    "found_false",
    "f(false)",
  ],
];

describe("negations", () => {
  it.each(NEGATED)("not %s", async (term) => {
    const text = `package docker
d := json.unmarshal("{\\"one\\": 1, \\"a\\": \\"a\\", \\"o\\": {\\"a\\": 1}}")
not_found := 1 if d.one == 2
found_false := false
f(v) := v
decision := {"allow": false, "deny_msg": [json.marshal([1 | not ${term}])]}
`;
    expect(ours(text)).toBe(await theirs(text));
  });
});

/** Rules, whose `found` is told. */
const RULES: ReadonlyArray<readonly [string, string]> = [
  ["a default", "default found := 1\nfound := 2 if false"],
  ["no default", "found := 2 if input.nothing"],
  ["several bodies", "found := 1 if false\nfound := 2 if true\nfound := 2 if true"],
  ["a conflict", "found := 1 if true\nfound := 2 if true"],
  ["else", "found := 1 if { false } else := 2 if { false } else := 3"],
  ["else without a value", "found if { false } else := false"],
  ["else after a value that is missing", "found := input.nothing if { true } else := 2"],
  ["a set", 'found contains x if some x in ["b", "a", "b"]\nfound contains "c"'],
  ["an empty set", "found contains x if some x in []"],
  ["an object", 'found[k] := v if some v, k in ["b", "a"]'],
  ["an object in conflict", 'found["a"] := v if some v in [1, 2]'],
  ["an object of true", 'found[k] if some k in ["b", "a"]'],
  ["a function", "f(x) := x + 1\nfound := f(f(1))"],
  ["a function of patterns", 'f([a, b], {"c": c}) := a + b + c\nfound := f([1, 2], {"c": 3})'],
  ["a function of constants", 'f("a") := 1\nf("b") := 2\nfound := [f("b"), f("a")]'],
  ["a function without a value", 'f("a") := 1\nfound := [x | x := f("c")]'],
  ["a function in conflict", 'f(x) := 1\nf(x) := 2\nfound := f("a")'],
  ["a function with else", "f(x) := 1 if { x > 1 } else := 2\nfound := [f(1), f(2)]"],
  ["a default of a function", "default f(_) := 7\nf(x) := x if x > 1\nfound := [f(1), f(2)]"],
  ["a function that tests", "f(x) if x > 1\nfound := [x | some x in [1, 2, 3]; f(x)]"],
  ["a negated function", "f(x) if x > 1\nfound := [x | some x in [1, 2, 3]; not f(x)]"],
  ["a negated rule that is undefined", "r if false\nfound if not r"],
  ["a negated rule that is false", "r := false\nfound if not r"],
  ["false as a body", "found := 1 if input.local.name == 1"],
  ["null as a body", "found := 1 if null"],
  ["zero as a body", 'found := 1 if { 0; ""; [] }'],
  [
    "a reference into a set",
    's contains x if some x in ["a", "b"]\nfound if { s["a"]; not s.c; not s["d"] }',
  ],
  ["a walk through a set", 's contains x if some x in ["b", "a"]\nfound := [x | s[x]]'],
  ["rules of rules", "a := b + 1\nb := c + 1\nc := 1\nfound := a"],
  ["a recursion", "a := b\nb := a\nfound := a"],
  ["a function that needs itself", "f(x) := f(x)\nfound := f(1)"],
  ["a variable that hides a rule", "x := 1\nfound := y if { x := 2; y := x }"],
  ["a variable that hides a variable", "found := [x, y] if { x := 1; y := [x | x := 2] }"],
  ["a variable of several bodies", "found := x if { some x; [3, 4][x] == 4 }"],
  ["every with a rule", 'ok(x) if x in {"a", "b"}\nfound if every x in ["a", "b"] { ok(x) }'],
  ["every that fails", 'ok(x) if x == "a"\nfound := 1 if { every x in ["a", "b"] { ok(x) } }'],
  ["not every", "bad if every x in [1, 2] { x > 1 }\nfound if not bad"],
  ["a join", 'found := [[a, b] | a := [1, 2][i]; b := ["x", "y"][i]]'],
  ["a join of objects", 'found := {k: [a, b] | a := {"x": 1, "y": 2}[k]; b := {"y": 3}[k]}'],
  ["an import of the input", "import input.local as here\nfound := here.name"],
  ["semicolons and lines", "found := x if { x := 1; x > 0\n x < 2 }"],
  ["a semicolon before the brace", "found := 1 if { true; }"],
  ["comments", "found := [ # one\n 1, # two\n 2\n]"],
  ["a body of one line", 'found := "a" if input.local.name == "context"'],
  ["the old syntax", "found { true }"],
  ["an old set", "found[x] { x := 1 }"],
  ["a rule of nothing", "found"],
  ["two kinds", "found := 1\nfound contains 2"],
  ["a name that is reserved", "some := 1\nfound := 1"],
  ["a missing brace", "found := 1 if { true"],
  ["an assignment to what is known", "found := 1 if { 1 := 1 }"],
  ["a term across lines", "found := 1 +\n 2"],
  ["bracket after white space", "xs := [1]\nfound := xs [0]"],
  ["a chain", 'found := {"a": [{"b": {1}}]}.a[0].b[1]'],
];

describe("rules", () => {
  it.each(RULES)("%s", async (_, rules) => {
    const imports = /^import .*$/gm;
    const text = `package docker
import rego.v1
${[...rules.matchAll(imports)].join("\n")}
decision := {"allow": false, "deny_msg": [json.marshal([x | x := found])]}
${rules.replace(imports, "")}
`;
    const [found, reference] = [ours(text), await theirs(text)];
    if (reference.startsWith("error: ")) expect(found).toMatch(/^error: /);
    else expect(found).toBe(reference);
  });
});
