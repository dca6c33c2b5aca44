import { LS_FLAGS, listBuilders } from "../builders/list/ls.ts";
import type { Command } from "./command.ts";

/** `tsbx ls [OPTIONS]` */
export const command: Command<typeof LS_FLAGS> = {
  usage: "[OPTIONS]",
  flags: LS_FLAGS,
  arguments: { min: 0, max: 0 },
  run: ({ flags }, context) => listBuilders(flags, context),
};
