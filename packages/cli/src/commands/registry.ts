import type { Command } from "./command.ts";

interface CommandEntry {
  /** Absent from the list of commands: other programs call it. */
  hidden?: true;
  summary: string;
  /** Further names. */
  aliases?: readonly string[];
  load(): Promise<Command>;
}

/** All commands by name. The summaries are here so that the list of commands loads none of them. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  build: {
    summary: "Start a build",
    aliases: ["b"],
    load: async () => (await import("./build.ts")).command as unknown as Command,
  },
  completion: {
    summary: "Print what completes tsbx in bash, zsh or fish",
    load: async () => (await import("./completion.ts")).command,
  },
  create: {
    summary: "Create a builder, or change its nodes",
    load: async () => (await import("./create.ts")).command as unknown as Command,
  },
  "dial-stdio": {
    summary: "Connect the standard streams to a builder",
    load: async () => (await import("./dial-stdio.ts")).command as unknown as Command,
  },
  drivers: {
    summary: "List the installed drivers, what each can do, and their options",
    load: async () => (await import("./drivers.ts")).command as unknown as Command,
  },
  du: {
    summary: "Show the build cache and its disk usage",
    load: async () => (await import("./du.ts")).command as unknown as Command,
  },
  help: {
    summary: "Show how to use tsbx or one of its commands",
    load: async () => (await import("./help.ts")).command,
  },
  inspect: {
    summary: "Show all about a builder",
    load: async () => (await import("./inspect.ts")).command as unknown as Command,
  },
  ls: {
    summary: "List builders",
    load: async () => (await import("./ls.ts")).command as unknown as Command,
  },
  prune: {
    summary: "Remove build cache",
    load: async () => (await import("./prune.ts")).command as unknown as Command,
  },
  rm: {
    summary: "Remove builders",
    load: async () => (await import("./rm.ts")).command as unknown as Command,
  },
  stop: {
    summary: "Stop a builder",
    load: async () => (await import("./stop.ts")).command as unknown as Command,
  },
  use: {
    summary: "Take a builder into use",
    load: async () => (await import("./use.ts")).command as unknown as Command,
  },
  version: {
    summary: "Show the version of tsbx",
    load: async () => (await import("./version.ts")).command,
  },
  __complete: {
    hidden: true,
    summary: "Answer a shell's completion script",
    load: async () => (await import("./complete.ts")).command as unknown as Command,
  },
};

/** The command with this name or alias, and its proper name. */
export function findCommand(word: string): [name: string, entry: CommandEntry] | undefined {
  return Object.entries(COMMANDS).find(([name, { aliases }]) => name === word || aliases?.includes(word));
}
