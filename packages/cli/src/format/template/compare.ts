import { TemplateError } from "./error.ts";
import { kindOf } from "./values.ts";

/** Whether two simple values are the same. Values of different kinds are an error, but for nil. */
export function equals(a: unknown, b: unknown): boolean {
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  checkComparable(a, b);
  return a === b;
}

/** Negative when `a` comes before `b`, 0 when they are the same. Texts are in the order of their bytes. */
export function compare(a: unknown, b: unknown): number {
  checkComparable(a, b);
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  if (typeof a === "number") return a - (b as number);
  throw new TemplateError(`${kindOf(a)} has no order`);
}

function checkComparable(a: unknown, b: unknown): void {
  for (const value of [a, b]) {
    if (typeof value === "object") throw new TemplateError(`${kindOf(value)} cannot be compared`);
  }
  if (typeof a !== typeof b) {
    throw new TemplateError(`${kindOf(a)} cannot be compared with ${kindOf(b)}`);
  }
}

function isNil(value: unknown): boolean {
  return value === undefined || value === null;
}
