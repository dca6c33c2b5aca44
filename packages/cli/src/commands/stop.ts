import { stopBuilder } from "../builders/stop.ts";
import { GLOBAL_FLAGS } from "../flags/table.ts";
import type { Command } from "./command.ts";

/** `tsbx stop [NAME]` */
export const command: Command<typeof GLOBAL_FLAGS> = {
  usage: "[NAME]",
  flags: GLOBAL_FLAGS,
  arguments: { min: 0, max: 1 },
  completes: "builder",
  run: ({ flags, positionals: [name] }, context) => stopBuilder(name, flags, context),
};
