import type fc from "fast-check";
import { fuzz } from "./fuzz.ts";

/** A test that a reader of what somebody wrote gives plain data, or refuses it with an error that was meant. */
export function fuzzReader<T>(
  name: string,
  values: fc.Arbitrary<T>,
  read: (value: T) => unknown,
  isMeant: (error: unknown) => boolean = isTyped,
): void {
  fuzz(name, values, async (value) => {
    let result: unknown;
    try {
      result = await read(value);
    } catch (error) {
      if (!isMeant(error)) throw error;
      return;
    }
    checkPlain(result, "the result");
  });
}

function isTyped(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "TsbxError") return false;
  return /^[A-Z][A-Z0-9_]+$/.test((error as Error & { code: string }).code) && error.message !== "";
}

/** Functions and the like get into results where a name that somebody chose is looked up among inherited ones. */
function checkPlain(value: unknown, where: string): void {
  if (["function", "symbol"].includes(typeof value)) throw new Error(`${where} is a ${typeof value}`);
  if (Number.isNaN(value)) throw new Error(`${where} is not a number`);
  if (typeof value !== "object" || value === null) return;
  const prototype = Object.getPrototypeOf(value);
  const isPlain = [Object.prototype, Array.prototype, Map.prototype, null].includes(prototype);
  if (!isPlain) return;
  const entries = value instanceof Map ? value : Object.entries(value);
  for (const [key, each] of entries) checkPlain(each, `${where}.${key}`);
}
