import { DRIVERS_FLAGS, listDrivers } from "../drivers/list.ts";
import type { Command } from "./command.ts";

/** `tsbx drivers [OPTIONS] [NAME...]` */
export const command: Command<typeof DRIVERS_FLAGS> = {
  usage: "[OPTIONS] [NAME...]",
  flags: DRIVERS_FLAGS,
  arguments: { min: 0, max: Number.POSITIVE_INFINITY },
  completes: "driver",
  run: ({ flags, positionals }, context) => listDrivers(positionals, flags, context),
};
