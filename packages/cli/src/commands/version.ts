import { createRequire } from "node:module";
import { GLOBAL_FLAGS } from "../flags/table.ts";
import type { Command } from "./command.ts";

/** `tsbx version` */
export const command: Command<typeof GLOBAL_FLAGS> = {
  usage: "",
  flags: GLOBAL_FLAGS,
  arguments: { min: 0, max: 0 },
  async run(_, { io }) {
    const { version }: { version: string } = createRequire(import.meta.url)("@tsbx/cli/package.json");
    io.stdout.write(`tsbx v${version}\n`);
  },
};
