import { readFile } from "node:fs/promises";
import { GLOBAL_FLAGS } from "../flags/table.ts";
import type { Command } from "./command.ts";

/** `tsbx version` */
export const command: Command<typeof GLOBAL_FLAGS> = {
  usage: "",
  flags: GLOBAL_FLAGS,
  arguments: { min: 0, max: 0 },
  async run(_, { io }) {
    const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
    const { version }: { version: string } = JSON.parse(manifest);
    io.stdout.write(`tsbx v${version}\n`);
  },
};
