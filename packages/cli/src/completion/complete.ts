import type { FlagTable } from "../flags/table.ts";
import type { CliIo } from "../io.ts";
import type { Candidate, Candidates, Completion } from "./kinds.ts";
import { type Line, readLine } from "./line.ts";
import { partCandidates, type ValueContext, valueCandidates } from "./values.ts";

const NONE: Candidates = { list: [] };
const BOOLEAN = ["true", "false"];

/** The ways to go on with a command line whose last word is at the cursor. */
export async function complete(
  words: readonly string[],
  io: Pick<CliIo, "env" | "cwd">,
): Promise<Candidates> {
  const line = await readLine(words);
  const text = words.at(-1) ?? "";
  const { list, native } = await candidates(line, text, { io, line });
  const matching = list.filter(({ value }) => value.startsWith(text) && !/[\n\t]/.test(value));
  return { list: matching, ...(native && { native }) };
}

async function candidates(line: Line, text: string, context: ValueContext): Promise<Candidates> {
  const { target, command } = line;
  switch (target.is) {
    case "command":
      return valueCandidates("command", text, context);
    case "flag":
      return { list: flagNames(target.table, text, line) };
    case "argument":
      return command?.completes && line.positionals.length < command.arguments.max
        ? valueCandidates(command.completes, text, context)
        : NONE;
    case "value": {
      const { spec, prefix } = target;
      const completion: Completion | undefined = spec.type === "boolean" ? BOOLEAN : spec.complete;
      if (!completion) return NONE;
      if (prefix === "") return valueCandidates(completion, text, context);
      const found = await partCandidates(completion, text.slice(prefix.length), context);
      return { list: found.map((each) => ({ ...each, value: prefix + each.value })) };
    }
  }
}

/** The flags that may still be given. */
function flagNames(table: FlagTable, text: string, { given }: Line): Candidate[] {
  const long = Object.entries(table)
    .filter(([name, { hidden, type }]) => !hidden && (type === "list" || !given.has(name)))
    .map(([name, { doc }]) => ({ value: `--${name}`, doc }));
  // A short one is complete as it is.
  return /^-[^-]/.test(text) ? [{ value: text }] : long;
}
