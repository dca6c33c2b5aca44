import type { Command } from "../commands/command.ts";
import { findCommand } from "../commands/registry.ts";
import { type FlagSpec, type FlagTable, GLOBAL_FLAGS } from "../flags/table.ts";

/** A command line up to the cursor. */
export interface Line {
  /** The command, once it is known; null for one that does not exist. */
  command: Command | null | undefined;
  /** The values of the flags before the cursor, by name. Booleans have none. */
  given: ReadonlyMap<string, readonly string[]>;
  /** Arguments before the cursor that are no flags. */
  positionals: readonly string[];
  /** What the word at the cursor is. */
  target: Target;
}

export type Target =
  | { is: "command" | "argument" }
  | { is: "flag"; table: FlagTable }
  /** `prefix` is what of the word comes before the value. */
  | { is: "value"; spec: FlagSpec; prefix: string };

/** Reads the words behind the program's name; the last one is at the cursor. Never fails: it may be half a line. */
export async function readLine(words: readonly string[]): Promise<Line> {
  const current = words.at(-1) ?? "";
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  let command: Command | null | undefined;
  let table: FlagTable = GLOBAL_FLAGS;
  let afterFlags = false;
  let pending: FlagWord | undefined;
  const line = (target: Target): Line => ({ command, given, positionals, target });

  for (const word of words.slice(0, -1)) {
    if (pending) {
      add(given, pending.name, word);
      pending = undefined;
    } else if (!afterFlags && word === "--") {
      afterFlags = true;
    } else if (!afterFlags && word.startsWith("-") && word !== "-") {
      const flag = flagIn(word, table);
      if (!flag) continue;
      if (flag.value !== undefined || flag.spec.type === "boolean") add(given, flag.name, flag.value);
      else pending = flag;
    } else if (command === undefined) {
      command = (await findCommand(word)?.[1].load()) ?? null;
      table = command?.flags ?? GLOBAL_FLAGS;
    } else {
      positionals.push(word);
    }
  }
  if (pending) return line({ is: "value", spec: pending.spec, prefix: "" });
  if (!afterFlags && current.startsWith("-")) {
    const flag = flagIn(current, table);
    if (flag?.value === undefined) return line({ is: "flag", table });
    return line({ is: "value", spec: flag.spec, prefix: current.slice(0, -flag.value.length || undefined) });
  }
  return line({ is: command === undefined ? "command" : "argument" });
}

interface FlagWord {
  name: string;
  spec: FlagSpec;
  /** What the word itself says of its value. */
  value?: string;
}

/** The flag of a word; of several in one, the one that may take a value. Undefined when it is not known. */
function flagIn(word: string, table: FlagTable): FlagWord | undefined {
  if (word.startsWith("--")) {
    const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const spec = Object.hasOwn(table, name) ? table[name] : undefined;
    return spec && { name, spec, ...(value !== undefined && { value }) };
  }
  for (let at = 1; at < word.length; at++) {
    const [name, spec] = Object.entries(table).find(([, { short }]) => short === word[at]) ?? [];
    if (name === undefined || !spec) return undefined;
    const rest = word.slice(at + 1);
    if (spec.type === "boolean" && rest !== "") continue;
    return { name, spec, ...(rest !== "" && { value: rest.replace(/^=/, "") }) };
  }
  return undefined;
}

function add(given: Map<string, string[]>, name: string, value: string | undefined): void {
  given.set(name, [...(given.get(name) ?? []), ...(value === undefined ? [] : [value])]);
}
