import { createBuilder } from "../builders/create/create.ts";
import { CREATE_FLAGS } from "../builders/create/flags.ts";
import type { Command } from "./command.ts";

/** `tsbx create [OPTIONS] [CONTEXT|ENDPOINT]` */
export const command: Command<typeof CREATE_FLAGS> = {
  usage: "[OPTIONS] [CONTEXT|ENDPOINT]",
  flags: CREATE_FLAGS,
  arguments: { min: 0, max: 1 },
  run: ({ flags, positionals: [endpoint] }, context) => createBuilder(endpoint, flags, context),
};
