import { USE_FLAGS, useBuilder } from "../builders/use.ts";
import type { Command } from "./command.ts";

/** `tsbx use [OPTIONS] NAME` */
export const command: Command<typeof USE_FLAGS> = {
  usage: "[OPTIONS] NAME",
  flags: USE_FLAGS,
  arguments: { min: 0, max: 1 },
  completes: "builder",
  run: ({ flags, positionals: [name] }, context) => useBuilder(name, flags, context),
};
