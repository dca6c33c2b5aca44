import type { BuiltIn } from "../evaluation/built-in.ts";
import { EvaluationError, toText, type Value } from "../evaluation/values.ts";
import { define, texts } from "./define.ts";

/** Characters are code points throughout. */
export const STRINGS: Readonly<Record<string, BuiltIn>> = {
  concat: define(["string", "any"], (separator, parts) => texts(parts)?.join(separator)),
  contains: define(["string", "string"], (text, part) => text.includes(part)),
  startswith: define(["string", "string"], (text, part) => text.startsWith(part)),
  endswith: define(["string", "string"], (text, part) => text.endsWith(part)),
  indexof: define(["string", "string"], (text, part) => {
    if (part === "") return undefined;
    const index = text.indexOf(part);
    return index < 0 ? -1 : [...text.slice(0, index)].length;
  }),
  lower: define(["string"], (text) => mapped(text, (each) => each.toLowerCase())),
  upper: define(["string"], (text) => mapped(text, (each) => each.toUpperCase())),
  replace: define(["string", "string", "string"], (text, old, other) =>
    old === "" ? undefinedBehaviour("replace of nothing") : text.replaceAll(old, () => other),
  ),
  split: define(["string", "string"], (text, separator) =>
    separator === "" ? [...text] : text.split(separator),
  ),
  sprintf: define(["string", "array"], sprintf),
  substring: define(["string", "number", "number"], (text, offset, length) => {
    const points = [...text];
    if (offset < 0) return undefined;
    return points.slice(offset, length < 0 ? undefined : offset + length).join("");
  }),
  trim: define(["string", "string"], (text, cutset) => trimEnd(trimStart(text, cutset), cutset)),
  trim_left: define(["string", "string"], trimStart),
  trim_right: define(["string", "string"], trimEnd),
  trim_prefix: define(["string", "string"], (text, prefix) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  trim_suffix: define(["string", "string"], (text, suffix) =>
    text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
  ),
  trim_space: define(["string"], (text) => text.replace(/^[\s\u0085]+|[\s\u0085]+$/g, trimmed)),
  "strings.any_prefix_match": define(["any", "any"], (text, parts) =>
    anyMatch(text, parts, (each, part) => each.startsWith(part)),
  ),
  "strings.any_suffix_match": define(["any", "any"], (text, parts) =>
    anyMatch(text, parts, (each, part) => each.endsWith(part)),
  ),
};

/** JavaScript takes the mark of byte orders for white space. */
function trimmed(space: string): string {
  if (space.includes("\ufeff")) throw new EvaluationError("trim_space of U+FEFF is not supported");
  return "";
}

function undefinedBehaviour(what: string): never {
  throw new EvaluationError(`${what} is not supported`);
}

/** Each character by itself, as no context counts; what would become several ones is not supported. */
function mapped(text: string, map: (character: string) => string): string {
  return Array.from(text, (character) => {
    const other = map(character);
    if ([...other].length !== 1) throw new EvaluationError(`the case of ${character} is not supported`);
    return other;
  }).join("");
}

function trimStart(text: string, cutset: string): string {
  const points = [...text];
  const start = points.findIndex((each) => !cutset.includes(each));
  return start < 0 ? "" : points.slice(start).join("");
}

function trimEnd(text: string, cutset: string): string {
  const points = [...text].reverse();
  const start = points.findIndex((each) => !cutset.includes(each));
  return start < 0 ? "" : points.slice(start).reverse().join("");
}

function anyMatch(
  text: Value,
  parts: Value,
  matches: (text: string, part: string) => boolean,
): boolean | undefined {
  const wanted = typeof parts === "string" ? [parts] : texts(parts);
  const all = typeof text === "string" ? [text] : texts(text);
  return wanted && all?.some((each) => wanted.some((part) => matches(each, part)));
}

/** `%s`, `%v` and `%d`, as many as there are arguments. */
function sprintf(format: string, args: readonly Value[]): string {
  let index = 0;
  const text = format.replace(/%(.)?/gsu, (directive, letter: string | undefined) => {
    if (letter === "%") return "%";
    const value = args[index++];
    if (value === undefined) throw new EvaluationError(`sprintf lacks an argument for ${directive}`);
    const fits =
      letter === "d"
        ? typeof value === "number"
        : letter === "v" || (letter === "s" && typeof value !== "number");
    if (!fits) throw new EvaluationError(`sprintf with ${directive} for ${toText(value)} is not supported`);
    return typeof value === "string" ? value : toText(value);
  });
  if (index < args.length) throw new EvaluationError("sprintf has more arguments than directives");
  return text;
}
