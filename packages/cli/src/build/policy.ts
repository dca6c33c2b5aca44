import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { TsbxError } from "@tsbx/core/errors";
import { parseBoolean } from "../flags/boolean.ts";
import type { Environment } from "../io.ts";
import { localDockerfile } from "./local-paths.ts";
import { policySets } from "./policy-flags.ts";

interface PolicyFlags {
  policy: readonly string[];
  file?: string | undefined;
}

/**
 * Refuses builds that a source policy is to guard: one of `--policy`, the file `<Dockerfile>.rego`, or the one that
 * `BUILDX_DEFAULT_POLICY` turns on. Policies in Rego are not evaluated here, and a build that ignored one would be
 * worse than none. `--policy disabled=true` builds without.
 * @throws TsbxError `POLICY_UNSUPPORTED`, `INVALID_POLICY`, `INVALID_CSV`
 */
export async function checkPolicies(
  { policy, file }: PolicyFlags,
  context: string,
  { env, cwd }: { env: Environment; cwd: string },
): Promise<void> {
  const beside = await policyBeside(localDockerfile(context, file, cwd));
  const sets = policySets(policy, beside === undefined ? undefined : { files: [beside] });
  if (!sets) return;
  const files = sets.flatMap((set) => set.files);
  if (parseBoolean(env.BUILDX_DEFAULT_POLICY ?? "")) files.unshift("that of BUILDX_DEFAULT_POLICY");
  if (files.length === 0) return;
  throw new TsbxError(
    "POLICY_UNSUPPORTED",
    `source policies in Rego are not evaluated by tsbx: ${files.join(", ")}`,
    {
      hint: "Build without them with --policy disabled=true, or use a JSON policy: EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=FILE.",
    },
  );
}

/** The policy `<Dockerfile>.rego`, where there is one. A Dockerfile may be in small letters, as everywhere. */
async function policyBeside(dockerfile: string | undefined): Promise<string | undefined> {
  if (dockerfile === undefined) return undefined;
  const lower = basename(dockerfile) === "Dockerfile" && !(await isFile(dockerfile));
  const path = `${lower ? join(dirname(dockerfile), "dockerfile") : dockerfile}.rego`;
  return (await isFile(path)) ? path : undefined;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
