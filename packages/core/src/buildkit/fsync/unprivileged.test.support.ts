import { chownSync } from "node:fs";

const NOBODY = 65_534;

/** Runs an action without root's rights, on directories that are then nobody's. Others run it as they are. */
export async function unprivileged(directories: readonly string[], action: () => unknown): Promise<void> {
  if (process.getuid?.() !== 0) {
    await action();
    return;
  }
  for (const directory of directories) chownSync(directory, NOBODY, NOBODY);
  process.seteuid?.(NOBODY);
  try {
    await action();
  } finally {
    process.seteuid?.(0);
  }
}
