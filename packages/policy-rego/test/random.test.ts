import { expect, it } from "vitest";
import { ours, theirs, usePeer } from "./reference.ts";

usePeer();

const POLICIES = 100;
/** `TSBX_FUZZ_SEED` repeats a run. */
const SEED = Number(process.env.TSBX_FUZZ_SEED ?? Math.floor(Math.random() * 0x7fffffff));

let state = SEED;
function random(): number {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state / 0x80000000;
}

const pick = <T>(xs: readonly T[]): T => xs[Math.floor(random() * xs.length)]!;
const DATA =
  '{"one":1,"two":2,"zero":0,"neg":-3,"a":"a","bc":"b.c","ab":"ab","empty":"","yes":true,"no":false,"nil":null,"list":[1,"a",[1]],"object":{"a":1,"b":{"c":"d"},"ab":["context"]},"deep":{"x":[{"y":1},{"y":2}]}}';
/** Values of no type that is known beforehand, so that none is refused for it. */
const ATOMS = [
  "d.one",
  "d.two",
  "d.zero",
  "d.neg",
  "d.a",
  "d.bc",
  "d.ab",
  "d.empty",
  "d.yes",
  "d.no",
  "d.nil",
  "d.list",
  "d.object",
  "d.deep",
  "input.local.name",
  "input.missing",
  "input.env.depth",
  "input.local",
  "r2",
  "d.nothing",
  "d.list[_]",
  "d.object[_]",
  "x",
  "y",
];
/** A term of some depth. */
function term(d: number): string {
  if (d <= 0) return pick(ATOMS);
  const t = () => term(d - 1);
  const u = () => `w(${term(d - 1)})`;
  switch (Math.floor(random() * 16)) {
    case 0:
      return `[${t()}, ${t()}]`;
    case 1:
      return `{${t()}, ${t()}}`;
    case 2:
      return `{"a": ${t()}, "b": ${t()}}`;
    case 3:
      return `(${random() < 0.5 ? t() : u()} ${pick(["==", "!=", "<", "<=", ">", ">="])} ${random() < 0.5 ? t() : u()})`;
    case 4:
      return `(${random() < 0.5 ? t() : u()} in ${random() < 0.5 ? t() : u()})`;
    case 5:
      return `(${u()} ${pick(["+", "-", "*", "|", "&"])} ${u()})`;
    case 6:
      return `f(${t()})`;
    case 7:
      return `g(${t()}, ${t()})`;
    case 8:
      return `count(${u()})`;
    case 9:
      return `[v | some v in ${u()}]`;
    case 10:
      return `{k | some k, _ in ${u()}}`;
    case 11:
      return `object.get(o1, ${u()}, ${u()})`;
    case 12:
      return `startswith(${u()}, ${u()})`;
    case 13:
      return `o1[${u()}]`;
    case 14:
      return `is_string(${t()})`;
    default:
      return `sort(${u()})`;
  }
}
/** An expression of a body. */
function literal(d: number): string {
  switch (Math.floor(random() * 8)) {
    case 0:
      return `not ${term(d)}`;
    case 1:
      return `every e in w(${term(d)}) { e ${pick(["==", "!=", "<", ">"])} ${term(d - 1)} }`;
    case 2:
      return `some _ in w(${term(d)})`;
    case 7:
      return term(d);
    case 3:
      return `z${Math.floor(random() * 1e6)} := ${term(d)}`;
    default:
      return term(d);
  }
}
/** A policy that denies, and tells what would be allowed and what some variables are. */
function policy(): string {
  const body = (d: number) =>
    `{ x := ${pick(ATOMS.slice(0, 15))}; y := ${pick(["input.local.name", "d.object", "d.list", "x"])}; ${[0, 1].map(() => literal(d)).join("; ")} }`;
  return `package docker
d := json.unmarshal(${JSON.stringify(DATA)})
w(v) := object.get(d, "zz", v)
default r1 := false
r1 if { input.local.name == "context" }
r2 := input.local.name
r3 if input.missing
r4 contains v if some v in ["b", "a", 1]
r5[k] := v if { some k, v in {"q": 1, "p": [1]} }
s1 := {"a", 1, [1]}
o1 := d.object
f(v) := 1 if { v == 1 } else := "other" if { is_string(v) }
g(v, w) := [v, w] if v != w
allow if ${body(2)}
allow if ${body(2)}
default allow := false
out := [allow, [w | w := r9]]
r9 := {v | some v in d.list; x := v; y := v; ${literal(2)}}
decision := {"allow": false, "deny_msg": [json.marshal(out)]}
`;
}

it(`policies that are made up at random, TSBX_FUZZ_SEED=${SEED}`, async () => {
  let same = 0;
  for (let count = 0; count < POLICIES; count++) {
    const text = policy();
    const [found, reference] = [ours(text), await theirs(text)];
    // What only one of them evaluates is refused by the other: before that it has allowed nothing.
    if (found.startsWith("error: ") || reference.startsWith("error: ")) continue;
    expect(found, text).toBe(reference);
    same++;
  }
  expect(same).toBeGreaterThan(POLICIES / 2);
});
