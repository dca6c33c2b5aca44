import { RM_FLAGS, removeBuilders } from "../builders/rm.ts";
import type { Command } from "./command.ts";

/** `tsbx rm [OPTIONS] [NAME...]` */
export const command: Command<typeof RM_FLAGS> = {
  usage: "[OPTIONS] [NAME...]",
  flags: RM_FLAGS,
  arguments: { min: 0, max: Number.POSITIVE_INFINITY },
  completes: "builder",
  run: ({ flags, positionals }, context) => removeBuilders(positionals, flags, context),
};
