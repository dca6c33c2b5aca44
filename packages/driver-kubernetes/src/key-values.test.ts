import { expect, test } from "vitest";
import { parseKeyValues } from "./key-values.ts";

test.each<[string, Record<string, string>]>([
  ["a=1", { a: "1" }],
  ["a=1,b=2", { a: "1", b: "2" }],
  ['"a=1,b=2"', { a: "1", b: "2" }],
  [" a = 1 , b = ", { a: "1", b: "" }],
  ["a=x=y", { a: "x=y" }],
  ["__proto__=1", JSON.parse('{"__proto__": "1"}')],
])("%s", (text, values) => {
  expect(parseKeyValues(text)).toEqual(values);
});

test.each(["", "a", "a=1,", "=1", "a=1,a=2"])("%j is no list", (text) => {
  expect(parseKeyValues(text)).toBeUndefined();
});
