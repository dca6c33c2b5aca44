import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { TsbxError } from "@tsbx/core/errors";
import { parseBoolean } from "../flags/boolean.ts";
import { parseCsv } from "../flags/csv.ts";
import { splitKeyValue } from "../flags/key-value.ts";

interface PolicyFlags {
  policy: readonly string[];
  file?: string | undefined;
}

/**
 * Refuses builds that a source policy is to guard, one of `--policy` or the file `<Dockerfile>.rego`: policies are
 * not evaluated here, and a build that ignored one would be worse than none. `--policy disabled=true` builds without.
 * @throws TsbxError `POLICY_UNSUPPORTED`, `INVALID_POLICY`
 */
export async function checkPolicies(
  { policy, file }: PolicyFlags,
  context: string,
  cwd: string,
): Promise<void> {
  if (policy.length > 0) {
    if (policy.length === 1 && isDisabled(policy[0]!)) return;
    throw unsupported(`--policy ${policy.join(" --policy ")}`);
  }
  const dockerfile =
    file ?? (context.includes("://") || context === "-" ? undefined : join(context, "Dockerfile"));
  if (dockerfile === undefined || dockerfile === "-" || dockerfile.includes("://")) return;
  const path = resolve(cwd, `${dockerfile}.rego`);
  if ((await stat(path).catch(() => undefined))?.isFile()) throw unsupported(path);
}

function isDisabled(text: string): boolean {
  let disabled = false;
  for (const field of parseCsv(text)) {
    const [key, value = ""] = splitKeyValue(field);
    if (key !== "disabled") continue;
    const parsed = parseBoolean(value);
    if (parsed === undefined) {
      throw new TsbxError("INVALID_POLICY", `invalid policy "${text}": disabled=${value} is not a boolean`);
    }
    disabled = parsed;
  }
  return disabled;
}

function unsupported(which: string): TsbxError {
  return new TsbxError("POLICY_UNSUPPORTED", `source policies in Rego are not evaluated by tsbx: ${which}`, {
    hint: "Build without them with --policy disabled=true, or use a JSON policy: EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=FILE.",
  });
}
