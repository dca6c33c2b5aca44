import { TsbxError } from "@tsbx/core/errors";
import { parseBoolean } from "./boolean.ts";
import { nearest } from "./nearest.ts";
import type { FlagSpec, FlagTable, FlagValues } from "./table.ts";

export interface ParsedArguments<T extends FlagTable> {
  flags: FlagValues<T>;
  positionals: string[];
  /** Names of the flags that were given, whatever their value. */
  given: ReadonlySet<string>;
}

/**
 * Parses arguments with the grammar of pflag: flags and positionals in any order, `--flag value`,
 * `--flag=value`, `-f value`, `-fvalue`, `-f=value`, grouped booleans, and `--` before nothing but positionals.
 * @throws TsbxError `INVALID_FLAG`
 */
export function parseArguments<T extends FlagTable>(table: T, args: readonly string[]): ParsedArguments<T> {
  const parser = new Parser(table, args);
  parser.run();
  return { flags: parser.values as FlagValues<T>, positionals: parser.positionals, given: parser.given };
}

/** What the flags say in arguments that {@link parseArguments} may refuse: what is wrong is left out. */
export function readableFlags<T extends FlagTable>(table: T, args: readonly string[]): FlagValues<T> {
  const parser = new Parser(table, args);
  for (;;) {
    try {
      parser.run();
      return parser.values as FlagValues<T>;
    } catch {
      // It goes on behind what it could not read.
    }
  }
}

class Parser {
  readonly values: Record<string, string | boolean | string[] | undefined> = {};
  readonly positionals: string[] = [];
  readonly given = new Set<string>();
  private readonly table: FlagTable;
  private readonly rest: string[];

  constructor(table: FlagTable, args: readonly string[]) {
    this.table = table;
    this.rest = [...args];
    for (const [name, { type }] of Object.entries(table)) {
      this.values[name] = type === "boolean" ? false : type === "list" ? [] : undefined;
    }
  }

  run(): void {
    for (let arg = this.rest.shift(); arg !== undefined; arg = this.rest.shift()) {
      if (arg === "--") this.positionals.push(...this.rest.splice(0));
      else if (arg.startsWith("--")) this.long(arg);
      else if (arg.startsWith("-") && arg !== "-") this.shorts(arg);
      else this.positionals.push(arg);
    }
  }

  private long(arg: string): void {
    const equals = arg.indexOf("=");
    const name = arg.slice(2, equals < 0 ? undefined : equals);
    if (name === "" || name.startsWith("-")) throw invalid(`bad flag syntax: ${arg}`);
    const spec = Object.hasOwn(this.table, name) ? this.table[name] : undefined;
    if (!spec) throw invalid(`unknown flag: --${name}`, this.suggestion(name));
    if (equals >= 0) this.set(name, spec, arg.slice(equals + 1));
    else if (spec.type === "boolean") this.set(name, spec, "true");
    else this.set(name, spec, this.next(`--${name}`));
  }

  private shorts(arg: string): void {
    for (let letters = arg.slice(1); letters !== ""; ) {
      const letter = letters[0]!;
      const [name, spec] = Object.entries(this.table).find(([, { short }]) => short === letter) ?? [];
      if (!name || !spec) throw invalid(`unknown shorthand flag: '${letter}' in -${letters}`);
      const after = letters.slice(1);
      letters = "";
      if (after.startsWith("=") && after.length > 1) this.set(name, spec, after.slice(1));
      else if (spec.type === "boolean") {
        this.set(name, spec, "true");
        letters = after;
      } else this.set(name, spec, after || this.next(`'${letter}' in -${letter}`));
    }
  }

  private next(flag: string): string {
    const value = this.rest.shift();
    if (value === undefined) throw invalid(`flag needs an argument: ${flag}`);
    return value;
  }

  private set(name: string, spec: FlagSpec, value: string): void {
    this.given.add(name);
    if (spec.type === "list") (this.values[name] as string[]).push(value);
    else this.values[name] = spec.type === "boolean" ? booleanOf(name, spec, value) : value;
  }

  private suggestion(name: string): string | undefined {
    const known = Object.keys(this.table).filter((candidate) => !this.table[candidate]?.hidden);
    const near = nearest(name, known);
    return near && `Did you mean --${near}?`;
  }
}

function booleanOf(name: string, { short }: FlagSpec, value: string): boolean {
  const parsed = parseBoolean(value);
  if (parsed === undefined) {
    const flag = short ? `-${short}, --${name}` : `--${name}`;
    throw invalid(`invalid argument "${value}" for "${flag}" flag: not a boolean`);
  }
  return parsed;
}

function invalid(message: string, hint?: string): TsbxError {
  return new TsbxError("INVALID_FLAG", message, hint === undefined ? {} : { hint });
}
