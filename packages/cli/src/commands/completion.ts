import { printScript, SHELLS } from "../completion/print-script.ts";
import { GLOBAL_FLAGS } from "../flags/table.ts";
import type { Command } from "./command.ts";

/** `tsbx completion SHELL` */
export const command: Command<typeof GLOBAL_FLAGS> = {
  usage: "bash|zsh|fish",
  flags: GLOBAL_FLAGS,
  arguments: { min: 1, max: 1 },
  completes: SHELLS,
  run: ({ positionals: [shell = ""] }, { io }) => printScript(shell, io),
};
