import { EvaluationError, type Value } from "./values.ts";

/** A function that modules can call. */
export interface BuiltIn {
  /** How many arguments it takes. */
  arity: number;
  /**
   * Undefined where it has no value, as for arguments of the wrong type.
   * @throws EvaluationError for what it does not do as the reference does
   */
  call(args: readonly Value[]): Value | undefined;
}

/** A whole number of 53 bits. */
export function whole(value: number): number {
  if (!Number.isSafeInteger(value)) {
    throw new EvaluationError(`a result of ${value} is not supported: numbers are whole, and of 53 bits`);
  }
  return value === 0 ? 0 : value;
}
