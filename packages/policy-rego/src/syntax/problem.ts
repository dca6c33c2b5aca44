import { TsbxError } from "@tsbx/core/errors";

/** A place in a module; both count from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** What is wrong with a module; found before anything is built. */
export function invalid(at: Place, problem: string): TsbxError {
  return new TsbxError("INVALID_POLICY", `${where(at)}: ${problem}`);
}

/** What a module has that is Rego, but not evaluated here; found before anything is built. */
export function unsupported(at: Place, what: string): TsbxError {
  return new TsbxError("POLICY_UNSUPPORTED", `${where(at)}: ${what} is not supported`, {
    hint: "docs/source-policies.md lists what is. Build without policies with --policy disabled=true.",
  });
}

export function where({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
