import { type BuiltIn, whole } from "../evaluation/built-in.ts";
import {
  compare,
  element,
  elements,
  isArray,
  isCollection,
  RegoObject,
  RegoSet,
  type Value,
} from "../evaluation/values.ts";
import { define, listed } from "./define.ts";

export const COLLECTIONS: Readonly<Record<string, BuiltIn>> = {
  count: define(["any"], (value) =>
    typeof value === "string" ? [...value].length : isCollection(value) ? elements(value).length : undefined,
  ),
  sum: define(["any"], (value) => numbers(value)?.reduce((sum, each) => whole(sum + each), 0)),
  product: define(["any"], (value) => numbers(value)?.reduce((product, each) => whole(product * each), 1)),
  max: define(["any"], (value) => ordered(value)?.at(-1)),
  min: define(["any"], (value) => ordered(value)?.[0]),
  sort: define(["any"], (value) => ordered(value)),
  "array.concat": define(["array", "array"], (a, b) => [...a, ...b]),
  "array.reverse": define(["array"], (value) => [...value].reverse()),
  "array.slice": define(["array", "number", "number"], (value, start, end) => {
    const from = Math.max(start, 0);
    return value.slice(from, Math.max(end, from));
  }),
  "numbers.range": define(["number", "number"], (from, to) => {
    const step = from <= to ? 1 : -1;
    return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => from + step * index);
  }),
  "object.get": define(["object", "any", "any"], (object, key, fallback) => {
    if (!isArray(key)) return object.get(key) ?? fallback;
    let found: Value = object;
    for (const each of key) {
      const next: Value | undefined = element(found, each);
      if (next === undefined) return fallback;
      found = next;
    }
    return found;
  }),
  "object.keys": define(["object"], (object) => RegoSet.of(object.entries().map(([key]) => key))),
  "object.remove": define(["object", "any"], (object, keys) => {
    const removed = keysOf(keys);
    return removed && RegoObject.of(object.entries().filter(([key]) => !removed.has(key)));
  }),
  "object.filter": define(["object", "any"], (object, keys) => {
    const kept = keysOf(keys);
    return kept && RegoObject.of(object.entries().filter(([key]) => kept.has(key)));
  }),
  union: define(["set"], (sets) => {
    const all = sets.members();
    return all.every((each) => each instanceof RegoSet)
      ? RegoSet.of(all.flatMap((each) => each.members()))
      : undefined;
  }),
  intersection: define(["set"], (sets) => {
    const all = sets.members();
    if (!all.every((each) => each instanceof RegoSet)) return undefined;
    const [first, ...others] = all;
    return RegoSet.of((first?.members() ?? []).filter((each) => others.every((set) => set.has(each))));
  }),
};

function numbers(value: Value): number[] | undefined {
  const members = listed(value);
  return members?.every((each) => typeof each === "number") ? (members as number[]) : undefined;
}

function ordered(value: Value): Value[] | undefined {
  const members = listed(value);
  return members && [...members].sort(compare);
}

/** The keys that a list, a set or an object names. */
function keysOf(value: Value): RegoSet | undefined {
  if (value instanceof RegoObject) return RegoSet.of(value.entries().map(([key]) => key));
  const members = listed(value);
  return members && RegoSet.of(members);
}
