import { REPLY_FLAGS, reply } from "../completion/reply.ts";
import { GLOBAL_FLAGS } from "../flags/table.ts";
import type { Command } from "./command.ts";

const FLAGS = { ...GLOBAL_FLAGS, ...REPLY_FLAGS } as const;

/** `tsbx __complete [--quoted] -- WORD...`, for the scripts that `tsbx completion` prints. */
export const command: Command<typeof FLAGS> = {
  usage: "-- WORD...",
  flags: FLAGS,
  arguments: { min: 0, max: Number.POSITIVE_INFINITY },
  run: ({ flags, positionals }, { io }) => reply(positionals, flags, io),
};
