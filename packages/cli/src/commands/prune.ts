import { PRUNE_FLAGS, prune } from "../cache/prune.ts";
import type { Command } from "./command.ts";

/** `tsbx prune [OPTIONS]` */
export const command: Command<typeof PRUNE_FLAGS> = {
  usage: "[OPTIONS]",
  flags: PRUNE_FLAGS,
  arguments: { min: 0, max: 0 },
  run: ({ flags }, context) => prune(flags, context),
};
