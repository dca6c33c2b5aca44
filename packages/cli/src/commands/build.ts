import { BUILD_FLAGS } from "../build/flags.ts";
import { runBuild } from "../build/run.ts";
import type { Command } from "./command.ts";

/** `tsbx build [OPTIONS] PATH | URL | -` */
export const command: Command<typeof BUILD_FLAGS> = {
  usage: "[OPTIONS] PATH | URL | -",
  flags: BUILD_FLAGS,
  arguments: { min: 1, max: 1 },
  completes: "directory",
  async run({ flags, positionals: [path = ""] }, context) {
    return runBuild(flags, path, context, () => import("@tsbx/core"));
  },
};
