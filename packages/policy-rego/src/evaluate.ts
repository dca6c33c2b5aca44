import { BUILT_INS, FUNCTIONS } from "./builtins/index.ts";
import type { BuiltIn } from "./evaluation/built-in.ts";
import { Evaluator } from "./evaluation/evaluator.ts";
import type { Program } from "./evaluation/program.ts";
import type { Value } from "./evaluation/values.ts";
import { parseModule } from "./syntax/module.ts";
import { resolveModules } from "./syntax/resolve.ts";

export interface Source {
  /** The file's name, for errors. */
  name: string;
  text: string;
}

/**
 * Reads modules, and checks all that can be without an input.
 * @throws TsbxError `INVALID_POLICY`, `POLICY_UNSUPPORTED`
 */
export function compile(sources: readonly Source[]): Program {
  const modules = sources.map(({ name, text }) => parseModule(text, name));
  return resolveModules(modules, FUNCTIONS);
}

interface Evaluation {
  input: Value;
  functions?: ReadonlyMap<string, BuiltIn>;
  print?: (text: string) => void;
}

/** What the rules of a path say of an input; undefined when they say nothing. */
export function evaluate(
  program: Program,
  path: string,
  { input, functions, print = () => {} }: Evaluation,
): Value | undefined {
  const all = new Map([...BUILT_INS, ...(functions ?? [])]);
  return new Evaluator(program, { input, functions: all, print }).document(path);
}
