import type { BuiltIn } from "../evaluation/built-in.ts";
import { isArray, RegoObject, RegoSet, type Value } from "../evaluation/values.ts";

/** What an argument is to be: where it is not, the call has no value. */
const TYPES = {
  any: (_: Value): boolean => true,
  string: (value: Value): boolean => typeof value === "string",
  number: (value: Value): boolean => typeof value === "number",
  array: (value: Value): boolean => isArray(value),
  object: (value: Value): boolean => value instanceof RegoObject,
  set: (value: Value): boolean => value instanceof RegoSet,
} as const;

interface TypeOf {
  any: Value;
  string: string;
  number: number;
  array: readonly Value[];
  object: RegoObject;
  set: RegoSet;
}

type Arguments<T extends ReadonlyArray<keyof TypeOf>> = { [K in keyof T]: TypeOf[T[K]] };

/** A function whose arguments have these types. */
export function define<const T extends ReadonlyArray<keyof TypeOf>>(
  types: T,
  implementation: (...args: Arguments<T>) => Value | undefined,
): BuiltIn {
  return {
    arity: types.length,
    call: (args) =>
      types.every((type, index) => TYPES[type](args[index]!))
        ? implementation(...(args as unknown as Arguments<T>))
        : undefined,
  };
}

/** The texts of a list or a set; undefined where something else is among them, or it is neither. */
export function texts(value: Value): string[] | undefined {
  const members = listed(value);
  return members?.every((each) => typeof each === "string") ? (members as string[]) : undefined;
}

/** The elements of a list, or of a set in their order. */
export function listed(value: Value): readonly Value[] | undefined {
  if (isArray(value)) return value;
  return value instanceof RegoSet ? value.members() : undefined;
}
