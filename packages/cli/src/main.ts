import { TsbxError } from "@tsbx/core/errors";
import type { Command } from "./commands/command.ts";
import { findCommand } from "./commands/registry.ts";
import { EXIT_CODES, errorExitCode, signalExitCode } from "./errors/exit-code.ts";
import { type ParsedArguments, parseArguments, readableFlags } from "./flags/parse.ts";
import { type FlagTable, GLOBAL_FLAGS } from "./flags/table.ts";
import { logText } from "./github/log-text.ts";
import { listenForInterruption } from "./interrupt.ts";
import type { CliIo } from "./io.ts";

/**
 * Runs one command line, without the program's name.
 * @returns the exit code, see {@link EXIT_CODES}. Never rejects: errors are printed.
 */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  const interruption = listenForInterruption(io);
  try {
    return await dispatch(argv, io, interruption.signal);
  } catch (cause) {
    const { stoppedBy } = interruption;
    // Whatever went wrong then is what stopping does to a command.
    const error = stoppedBy ? new TsbxError("ABORTED", `stopped by ${stoppedBy}`, { cause }) : cause;
    const { printError } = await import("./errors/print.ts");
    await printError(error, { stderr: io.stderr, debug: await wantsDebug(argv), env: io.env });
    return stoppedBy ? signalExitCode(stoppedBy) : errorExitCode(error);
  } finally {
    interruption.close();
  }
}

async function dispatch(argv: readonly string[], io: CliIo, signal: AbortSignal): Promise<number> {
  const { word, args } = splitCommand(argv);
  if (word === undefined) {
    parseArguments(GLOBAL_FLAGS, args);
    io.stdout.write((await import("./commands/help.ts")).overview());
    return EXIT_CODES.success;
  }
  const found = findCommand(word);
  if (!found) {
    io.stdout.write((await import("./commands/help.ts")).overview());
    throw (await import("./commands/unknown.ts")).unknownCommand(word);
  }
  const [name, entry] = found;
  const command = await entry.load();
  const parsed = parseArguments(command.flags, args);
  if (parsed.flags.help) {
    io.stdout.write(await (await import("./commands/help.ts")).commandHelp(name, entry));
    return EXIT_CODES.success;
  }
  checkCount(name, command, parsed);
  const warn = (text: string) => void io.stderr.write(logText(`WARNING: ${text}\n`, io.env));
  return (await command.run(parsed, { io, signal, warn })) ?? EXIT_CODES.success;
}

/** Finds the command's name behind the flags that may stand before it; they become flags of the command. */
function splitCommand(argv: readonly string[]): { word?: string; args: string[] } {
  const table: FlagTable = GLOBAL_FLAGS;
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    if (!arg.startsWith("-")) return { word: arg, args: [...argv.slice(0, i), ...argv.slice(i + 1)] };
    const spec = arg.startsWith("--") ? table[arg.slice(2)] : undefined;
    if (spec && spec.type !== "boolean") i++;
  }
  return { args: [...argv] };
}

function checkCount(name: string, command: Command, { positionals }: ParsedArguments<FlagTable>): void {
  const { min, max } = command.arguments;
  if (positionals.length >= min && positionals.length <= max) return;
  const wanted =
    max === 0
      ? "accepts no arguments"
      : `${min === max ? "requires" : "takes at most"} ${max} argument${max === 1 ? "" : "s"}`;
  throw new TsbxError("INVALID_ARGUMENTS", `'tsbx ${name}' ${wanted}`, {
    hint: `Usage: tsbx ${[name, command.usage].filter(Boolean).join(" ")}`,
  });
}

/** Also for command lines that cannot be parsed. */
async function wantsDebug(argv: readonly string[]): Promise<boolean> {
  const { word = "", args } = splitCommand(argv);
  const load = findCommand(word)?.[1].load;
  // What cannot be loaded has been reported by then.
  const command = await load?.().catch(() => undefined);
  return readableFlags({ ...GLOBAL_FLAGS, ...command?.flags }, args).debug;
}
