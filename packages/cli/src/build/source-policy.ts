import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { SourcePolicy } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import type { CliIo } from "../io.ts";

/**
 * The source policy of the file that `EXPERIMENTAL_BUILDKIT_SOURCE_POLICY` names.
 * @throws TsbxError `INVALID_SOURCE_POLICY`
 */
export async function sourcePolicy({
  env,
  cwd,
}: Pick<CliIo, "env" | "cwd">): Promise<SourcePolicy | undefined> {
  const file = env.EXPERIMENTAL_BUILDKIT_SOURCE_POLICY;
  if (!file) return undefined;
  const { parseSourcePolicy } = await import("@tsbx/core");
  try {
    return parseSourcePolicy(await readFile(resolve(cwd, file)));
  } catch (cause) {
    const message = `cannot use the source policy ${file}: ${(cause as Error).message}`;
    throw new TsbxError("INVALID_SOURCE_POLICY", message, { cause });
  }
}
