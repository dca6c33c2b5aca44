import { indexOf, lengthOf, sliceOf } from "./collections.ts";
import { compare, equals } from "./compare.ts";
import { TemplateError } from "./error.ts";
import { formatPrintf } from "./printf.ts";
import { isTrue, jsonOf, kindOf, mapEntries, textOf } from "./values.ts";

/** A function of templates: how many arguments it takes, and what it makes of them. */
export interface TemplateFunction {
  least: number;
  /** Absent when there is no limit. */
  most?: number;
  /** The truth of an argument that is the result, whatever is behind it: that is not evaluated. */
  decides?: boolean;
  call(...args: unknown[]): unknown;
}

/** The functions of Go's templates, and those that Docker's tools add. */
export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  and: { least: 1, decides: false, call: last },
  or: { least: 1, decides: true, call: last },
  eq: { least: 2, call: (first, ...others) => others.some((other) => equals(first, other)) },
  ne: { least: 2, most: 2, call: (a, b) => !equals(a, b) },
  lt: { least: 2, most: 2, call: (a, b) => compare(a, b) < 0 },
  le: { least: 2, most: 2, call: (a, b) => compare(a, b) <= 0 },
  gt: { least: 2, most: 2, call: (a, b) => compare(a, b) > 0 },
  ge: { least: 2, most: 2, call: (a, b) => compare(a, b) >= 0 },
  not: { least: 1, most: 1, call: (value) => !isTrue(value) },
  len: { least: 1, most: 1, call: lengthOf },
  index: { least: 1, call: (value, ...keys) => keys.reduce(indexOf, value) },
  slice: {
    least: 1,
    most: 3,
    call: (value, from = 0, to = lengthOf(value)) => sliceOf(value, whole(from), whole(to)),
  },
  print: { least: 0, call: (...args) => print(args) },
  println: { least: 0, call: (...args) => `${args.map(textOf).join(" ")}\n` },
  printf: { least: 1, call: (format, ...args) => formatPrintf(text(format), args) },
  json: { least: 1, most: 1, call: jsonOf },
  join: { least: 2, most: 2, call: (items, separator) => join(items, text(separator)) },
  split: { least: 2, most: 2, call: (value, separator) => text(value).split(text(separator)) },
  lower: { least: 1, most: 1, call: (value) => text(value).toLowerCase() },
  upper: { least: 1, most: 1, call: (value) => text(value).toUpperCase() },
  title: {
    least: 1,
    most: 1,
    call: (value) => text(value).replace(/(?<![\p{L}\p{Nd}_])\p{L}/gu, (letter) => letter.toUpperCase()),
  },
  pad: { least: 3, most: 3, call: (value, before, after) => pad(text(value), spaces(before), spaces(after)) },
  truncate: { least: 2, most: 2, call: (value, length) => text(value).slice(0, positive(length)) },
};

const MOST_SPACES = 1_000_000;

function last(...args: unknown[]): unknown {
  return args.at(-1);
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw new TemplateError(`a text is needed, not ${kindOf(value)}`);
}

function whole(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new TemplateError(`a whole number is needed, not ${kindOf(value)}`);
}

function positive(value: unknown): number {
  const number = whole(value);
  if (number >= 0) return number;
  throw new TemplateError(`a length cannot be ${number}`);
}

function spaces(value: unknown): string {
  const count = positive(value);
  if (count <= MOST_SPACES) return " ".repeat(count);
  throw new TemplateError(`${count} spaces are too many`);
}

function pad(value: string, before: string, after: string): string {
  return value && before + value + after;
}

function join(items: unknown, separator: string): string {
  if (items === undefined || items === null) return "";
  if (Array.isArray(items)) return items.map(textOf).join(separator);
  if (items instanceof Map)
    return mapEntries(items)
      .map(([, value]) => textOf(value))
      .sort()
      .join(separator);
  throw new TemplateError(`a list is needed, not ${kindOf(items)}`);
}

/** Spaces come between two arguments neither of which is text. */
function print(args: readonly unknown[]): string {
  return args
    .map((arg, i) => {
      const apart = i > 0 && typeof arg !== "string" && typeof args[i - 1] !== "string";
      return (apart ? " " : "") + textOf(arg);
    })
    .join("");
}
