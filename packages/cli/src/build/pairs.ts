import { TsbxError } from "@tsbx/core/errors";
import { splitKeyValue } from "../flags/key-value.ts";
import { type Environment, variable } from "../io.ts";

/**
 * The build arguments: those given (a name alone takes the environment's value and is left out without one),
 * and `SOURCE_DATE_EPOCH` of the environment.
 * @throws TsbxError `INVALID_FLAG`
 */
export function buildArgs(values: readonly string[], env: Environment): Record<string, string> {
  const args = new Map<string, string>();
  if (env.SOURCE_DATE_EPOCH) args.set("SOURCE_DATE_EPOCH", env.SOURCE_DATE_EPOCH);
  for (const text of values) {
    const [name, given] = namedPair(text);
    const value = given ?? variable(name, env);
    if (value !== undefined) args.set(name, value);
  }
  return Object.fromEntries(args);
}

/**
 * Labels; a key alone gets the empty value.
 * @throws TsbxError `INVALID_FLAG`
 */
export function labels(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map(namedPair).map(([key, value]) => [key, value ?? ""] as const));
}

/** @throws TsbxError `INVALID_CONTEXT` for a value that is not `name=value`. */
export function buildContexts(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((text) => {
      const [name, value] = splitKeyValue(text);
      if (!name || value === undefined) {
        throw new TsbxError("INVALID_CONTEXT", `invalid context value: ${text}, expected key=value`);
      }
      return [name, value];
    }),
  );
}

function namedPair(text: string): ReturnType<typeof splitKeyValue> {
  const pair = splitKeyValue(text);
  if (pair[0] !== "") return pair;
  throw new TsbxError("INVALID_FLAG", `invalid key-value pair ${JSON.stringify(text)}: empty key`, {
    hint: "Write it as key=value.",
  });
}
