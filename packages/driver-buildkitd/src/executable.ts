import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { join } from "node:path";

/** The first of `names` that is an executable file in one of `directories`; earlier names win. */
export async function findExecutable(
  names: readonly string[],
  directories: readonly string[],
): Promise<string | undefined> {
  for (const name of names) {
    for (const directory of directories) {
      const path = join(directory, name);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The absolute directories of a PATH. */
export function pathDirectories(path: string | undefined): string[] {
  return (path ?? "").split(":").filter((directory) => directory.startsWith("/"));
}
