import { TemplateError } from "./error.ts";
import { isFields, kindOf, mapEntries } from "./values.ts";

/** A text's length is in bytes, as everywhere in Go. */
export function lengthOf(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  throw new TemplateError(`${kindOf(value)} has no length`);
}

/** What `value` has at an index or a key; nothing for a key that a map does not have. */
export function indexOf(value: unknown, key: unknown): unknown {
  if (value instanceof Map) {
    if (typeof key !== "string") throw new TemplateError(`a map has no key that is ${kindOf(key)}`);
    return value.get(key);
  }
  if (!Array.isArray(value) && typeof value !== "string") {
    throw new TemplateError(`${kindOf(value)} has no index`);
  }
  const items = typeof value === "string" ? Buffer.from(value) : value;
  if (typeof key !== "number") throw new TemplateError(`an index is a number, not ${kindOf(key)}`);
  if (!Number.isInteger(key) || key < 0 || key >= items.length) {
    throw new TemplateError(`index ${key} is out of range`);
  }
  return items[key];
}

/** The part of a list or a text from one index up to, but not with, another. */
export function sliceOf(value: unknown, from: number, to: number): unknown {
  if (!Array.isArray(value) && typeof value !== "string") {
    throw new TemplateError(`${kindOf(value)} cannot be sliced`);
  }
  if (from < 0 || to < from || to > lengthOf(value)) {
    throw new TemplateError(`the slice ${from} to ${to} is out of range`);
  }
  return Array.isArray(value) ? value.slice(from, to) : Buffer.from(value).toString("utf8", from, to);
}

/** What `range` goes through: each item with its index or key. */
export function itemsOf(value: unknown): readonly (readonly [key: string | number, item: unknown])[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((item, index) => [index, item] as const);
  if (value instanceof Map) return mapEntries(value);
  throw new TemplateError(`range cannot go through ${kindOf(value)}`);
}

/** A field of a record, or what a map has for the name. */
export function fieldOf(value: unknown, name: string): unknown {
  if (value instanceof Map) return value.get(name);
  if (!isFields(value)) throw new TemplateError(`${kindOf(value)} has no field .${name}`);
  const names = Object.keys(value).filter((each) => typeof value[each] !== "function");
  if (names.includes(name)) return value[name];
  const known = names.map((each) => `.${each}`);
  throw new TemplateError(`there is no field .${name}`, undefined, `The fields are ${known.join(", ")}.`);
}
