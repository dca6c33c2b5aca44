import { DU_FLAGS, diskUsage } from "../cache/du.ts";
import type { Command } from "./command.ts";

/** `tsbx du [OPTIONS]` */
export const command: Command<typeof DU_FLAGS> = {
  usage: "[OPTIONS]",
  flags: DU_FLAGS,
  arguments: { min: 0, max: 0 },
  run: ({ flags }, context) => diskUsage(flags, context),
};
