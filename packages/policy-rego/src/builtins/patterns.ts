import type { BuiltIn } from "../evaluation/built-in.ts";
import { EvaluationError, isArray, type Value } from "../evaluation/values.ts";
import { define } from "./define.ts";
import { matchesGlob } from "./glob-syntax.ts";
import { capturesRepeatedly, regexOf } from "./regex-syntax.ts";

export const PATTERNS: Readonly<Record<string, BuiltIn>> = {
  "regex.match": define(["string", "string"], (pattern, text) => regexOf(pattern).test(text)),
  "regex.find_n": define(["string", "string", "number"], (pattern, text, count) =>
    matches(pattern, text, count).map(([found]) => found),
  ),
  "regex.find_all_string_submatch_n": define(["string", "string", "number"], (pattern, text, count) => {
    if (capturesRepeatedly(pattern)) {
      throw new EvaluationError(`what ${JSON.stringify(pattern)} captures again and again is not supported`);
    }
    return matches(pattern, text, count).map((match) => Array.from(match, (each) => each ?? ""));
  }),
  "glob.match": define(["string", "any", "string"], (pattern, delimiters, text) => {
    const between = delimitersOf(delimiters);
    return between && matchesGlob(pattern, between, text);
  }),
};

/** At most `count` of them, all when it is negative. */
function matches(pattern: string, text: string, count: number): RegExpMatchArray[] {
  const all = [...text.matchAll(new RegExp(regexOf(pattern), "gu"))];
  if (all.some(([found]) => found === "")) {
    throw new EvaluationError(`finding nothing with ${JSON.stringify(pattern)} is not supported`);
  }
  return count < 0 ? all : all.slice(0, count);
}

/** Null is for none; an empty list for a dot. */
function delimitersOf(value: Value): string[] | undefined {
  if (value === null) return [];
  if (!isArray(value)) return undefined;
  if (!value.every((each) => typeof each === "string" && [...each].length === 1)) return undefined;
  return value.length === 0 ? ["."] : (value as string[]);
}
