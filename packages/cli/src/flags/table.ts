import type { Completion } from "../completion/kinds.ts";

/** One flag as data: parsing, help and completion come out of it. */
export interface FlagSpec {
  /** A `list` may be given several times; of the others the last one counts. */
  type: "string" | "boolean" | "list";
  short?: string;
  /** One phrase for the help text. */
  doc: string;
  /** Name of the value in the help text. Default: `string`. */
  value?: string;
  /** What its value can be completed to. Default: nothing, it is free text. */
  complete?: Completion;
  /** Accepted, but absent from the help text. */
  hidden?: true;
}

export type FlagTable = Readonly<Record<string, FlagSpec>>;

type FlagValue<S extends FlagSpec> = S["type"] extends "boolean"
  ? boolean
  : S["type"] extends "list"
    ? string[]
    : string | undefined;

/** What was given: booleans are false and lists empty when they were not. */
export type FlagValues<T extends FlagTable> = { [Name in keyof T]: FlagValue<T[Name]> };

/** The flags that every command takes, before its name or after it. */
export const GLOBAL_FLAGS = {
  builder: { type: "string", complete: "builder", doc: "Override the configured builder instance" },
  debug: { type: "boolean", short: "D", doc: "Enable debug output" },
  help: { type: "boolean", short: "h", doc: "Print usage" },
} as const satisfies FlagTable;
