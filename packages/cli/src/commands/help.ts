import { GLOBAL_FLAGS } from "../flags/table.ts";
import { flagUsage } from "../flags/usage.ts";
import type { Command } from "./command.ts";
import { COMMANDS, findCommand } from "./registry.ts";
import { unknownCommand } from "./unknown.ts";

/** `tsbx help [COMMAND]` */
export const command: Command<typeof GLOBAL_FLAGS> = {
  usage: "[COMMAND]",
  flags: GLOBAL_FLAGS,
  arguments: { min: 0, max: 1 },
  completes: "command",
  async run({ positionals: [word] }, { io }) {
    if (word === undefined) {
      io.stdout.write(overview());
      return;
    }
    const found = findCommand(word);
    if (!found) throw unknownCommand(word);
    io.stdout.write(await commandHelp(...found));
  },
};

/** The list of commands. */
export function overview(): string {
  const names = Object.entries(COMMANDS).filter(([, { hidden }]) => !hidden);
  const width = Math.max(...names.map(([name]) => name.length));
  return [
    "Usage:  tsbx [OPTIONS] COMMAND",
    "",
    "Build with BuildKit",
    "",
    "Commands:",
    ...names.map(([name, { summary }]) => `  ${name.padEnd(width)}   ${summary}`),
    "",
    "Options:",
    flagUsage(GLOBAL_FLAGS),
    "Run 'tsbx COMMAND --help' for more information on a command.",
    "",
  ].join("\n");
}

/** How one command is used. */
export async function commandHelp(
  name: string,
  { summary, aliases, load }: (typeof COMMANDS)[string],
): Promise<string> {
  const { usage, flags } = await load();
  return [
    `Usage:  ${["tsbx", name, usage].filter(Boolean).join(" ")}`,
    "",
    summary,
    "",
    ...(aliases ? [`Aliases:  ${[name, ...aliases].join(", ")}`, ""] : []),
    "Options:",
    flagUsage(flags),
  ].join("\n");
}
