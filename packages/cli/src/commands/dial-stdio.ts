import { DIAL_STDIO_FLAGS, dialStdio } from "../dial/dial-stdio.ts";
import type { Command } from "./command.ts";

/** `tsbx dial-stdio [OPTIONS]` */
export const command: Command<typeof DIAL_STDIO_FLAGS> = {
  usage: "[OPTIONS]",
  flags: DIAL_STDIO_FLAGS,
  arguments: { min: 0, max: 0 },
  run: ({ flags }, context) => dialStdio(flags, context),
};
