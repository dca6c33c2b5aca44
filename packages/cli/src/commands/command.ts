import type { Completion } from "../completion/kinds.ts";
import type { ParsedArguments } from "../flags/parse.ts";
import type { FlagTable } from "../flags/table.ts";
import type { CliIo } from "../io.ts";

/** What every command gets besides its arguments. */
export interface CommandContext {
  io: CliIo;
  /** Aborts when the user wants the command to stop. */
  signal: AbortSignal;
  /** Prints a line that starts with `WARNING:`. */
  warn: (text: string) => void;
}

/** One command, in a module of its own that is loaded when the command runs. */
export interface Command<T extends FlagTable = FlagTable> {
  /** What follows the command's name, as in `[OPTIONS] PATH`. */
  usage: string;
  flags: T;
  /** How many arguments it takes besides its flags. */
  arguments: { min: number; max: number };
  /** What its arguments can be completed to. Default: nothing. */
  completes?: Completion;
  /** Resolves with the exit code where it is not 0 in spite of success. */
  run(args: ParsedArguments<T>, context: CommandContext): Promise<void> | Promise<number>;
}
