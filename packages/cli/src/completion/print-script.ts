import { TsbxError } from "@tsbx/core/errors";
import type { CliIo } from "../io.ts";

const SCRIPTS: Readonly<Record<string, () => Promise<string>>> = {
  bash: async () => (await import("./scripts/bash.ts")).BASH,
  zsh: async () => (await import("./scripts/zsh.ts")).ZSH,
  fish: async () => (await import("./scripts/fish.ts")).FISH,
};

/** The shells whose lines can be completed. */
export const SHELLS = Object.keys(SCRIPTS);

/**
 * Prints what makes a shell complete the words of tsbx.
 * @throws TsbxError `INVALID_ARGUMENTS`
 */
export async function printScript(shell: string, { stdout }: Pick<CliIo, "stdout">): Promise<void> {
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (!script) {
    throw new TsbxError("INVALID_ARGUMENTS", `there is no completion for the shell "${shell}"`, {
      hint: `Use one of ${SHELLS.join(", ")}.`,
    });
  }
  stdout.write(await script());
}
