import type { BuiltIn } from "../evaluation/built-in.ts";
import type { Functions } from "../syntax/names.ts";
import { COLLECTIONS } from "./collections.ts";
import { PATTERNS } from "./patterns.ts";
import { SEMVER } from "./semver.ts";
import { STRINGS } from "./strings.ts";
import { TYPES } from "./types.ts";

/** Functions of the language. `print` is part of the evaluation. */
export const BUILT_INS: ReadonlyMap<string, BuiltIn> = new Map(
  Object.entries({ ...COLLECTIONS, ...PATTERNS, ...SEMVER, ...STRINGS, ...TYPES }),
);

/** Functions that source policies have besides. */
export const POLICY_FUNCTIONS = { load_json: 1, pin_image: 2 } as const;

export const FUNCTIONS: Functions = new Map<string, number | "any">([
  ...[...BUILT_INS].map(([name, { arity }]) => [name, arity] as const),
  ...Object.entries(POLICY_FUNCTIONS),
  ["print", "any"],
]);
