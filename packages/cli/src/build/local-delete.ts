import { realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { Output } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import { CLIENT_DELETE } from "./entitlements.ts";

/**
 * An output that removes files may do so below the working directory; anywhere else it has to be allowed.
 * @throws TsbxError `ENTITLEMENT_MISSING`
 */
export async function checkDeletes(
  outputs: readonly Output[],
  allow: readonly string[],
  cwd: string,
): Promise<void> {
  if (allow.includes(CLIENT_DELETE)) return;
  for (const output of outputs) {
    if (output.type !== "local" || output.mode !== "delete" || (await isBelow(output.dest, cwd))) continue;
    throw new TsbxError(
      "ENTITLEMENT_MISSING",
      `local output mode=delete for destination "${output.dest}" requires --allow=${CLIENT_DELETE}`,
      {
        hint: "It removes all that the result lacks, and the destination is not below the working directory.",
      },
    );
  }
}

async function isBelow(path: string, cwd: string): Promise<boolean> {
  const inside = relative(await real(cwd), await real(resolve(cwd, path)));
  return inside !== "" && inside.split(/[\\/]/)[0] !== ".." && !isAbsolute(inside);
}

/** The path without links, as far as it exists. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === path) throw error;
    return join(await real(parent), basename(path));
  }
}
