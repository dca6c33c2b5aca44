import { INSPECT_FLAGS, inspectBuilder } from "../builders/inspect.ts";
import type { Command } from "./command.ts";

/** `tsbx inspect [OPTIONS] [NAME]` */
export const command: Command<typeof INSPECT_FLAGS> = {
  usage: "[OPTIONS] [NAME]",
  flags: INSPECT_FLAGS,
  arguments: { min: 0, max: 1 },
  completes: "builder",
  run: ({ flags, positionals: [name] }, context) => inspectBuilder(name, flags, context),
};
