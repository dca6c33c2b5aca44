import { chmodSync } from "node:fs";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { expect, it } from "vitest";
import { tsbx } from "./support/client.ts";
import { Terminal } from "./support/terminal.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

interface Shell {
  name: "bash" | "zsh" | "fish";
  /** What runs it without anybody's configuration. */
  args: readonly string[];
  /** What is typed before the completion is there. */
  before: string;
  load: string;
}

const SHELLS: readonly Shell[] = [
  {
    name: "bash",
    args: ["--norc", "--noprofile", "-i"],
    before: "PS1='> '; bind 'set show-all-if-ambiguous on'",
    load: 'eval "$(tsbx completion bash)"',
  },
  {
    name: "zsh",
    args: ["-f", "-i"],
    before: "PROMPT='> '; autoload -U compinit; compinit -D -u",
    load: 'eval "$(tsbx completion zsh)"',
  },
  {
    name: "fish",
    args: ["--no-config", "-i"],
    before: "function fish_prompt; echo '> '; end; set -g fish_autosuggestion_enabled 0",
    load: "tsbx completion fish | source",
  },
];

/** The shell in a directory with a Dockerfile, with tsbx on its path and a builder `bed`. */
async function open({ name, args, before, load }: Shell): Promise<Terminal> {
  const directory = await workspace();
  const client = await tsbx(directory);
  const cwd = join(directory, "work");
  writeTree(cwd, {
    Dockerfile: "FROM scratch AS first-stage\nFROM scratch AS second\n",
    "my file": "",
    "out/inside": "",
  });
  writeTree(join(directory, "bin"), { tsbx: `#!/bin/sh\nexec ${client.command.join(" ")} "$@"\n` });
  chmodSync(join(directory, "bin/tsbx"), 0o755);
  const env = { ...client.env, PATH: `${join(directory, "bin")}:${client.env.PATH}`, TERM: "xterm" };
  const terminal = await Terminal.open([loadBed(["shells"]).shells[name], ...args], { cwd, env });
  // Shells take what is typed while they start for what it is, but show it twice.
  await terminal.shows(/\S/);
  await terminal.type(`${before}; ${load}; clear`);
  await terminal.press("Enter");
  await terminal.shows(/^> *$/);
  return terminal;
}

it.each(SHELLS)("$name completes the words of a build", async (shell) => {
  const terminal = await open(shell);
  const tab = async (typed: string, shown: RegExp) => {
    await terminal.type(typed);
    await terminal.press("Tab");
    await terminal.shows(shown);
  };
  await tab("tsbx bu", /^> tsbx build ?$/m);
  await tab("--tar", /^> tsbx build --target ?$/m);
  await tab("fir", /--target first-stage ?$/m);
  await tab("--output=type=loc", /--output=type=local ?$/m);
  // Fish takes it for the end of the word.
  if (shell.name === "fish") await terminal.press("BSpace");
  await tab(",dest=o", /--output=type=local,dest=out\/$/m);
  await tab(" --builder b", /--builder bed ?$/m);
  await tab("-f my", /-f my\\ file ?$/m);

  await terminal.press("C-u");
  await terminal.type("tsbx build --target ");
  await terminal.press("Tab", "Tab");
  const screen = await terminal.shows(/first-stage[\s\S]*second|second[\s\S]*first-stage/);
  expect(screen).not.toMatch(/not found|syntax error|unknown/i);
});
