import { basename, dirname, join, resolve } from "node:path";
import type { SourceVerifier } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import { isFile } from "../files/is-file.ts";
import { parseBoolean } from "../flags/boolean.ts";
import type { CliIo } from "../io.ts";
import type { ArgumentOptions } from "./arguments.ts";
import { localDockerfile } from "./local-paths.ts";
import { PolicyFiles } from "./policy-files.ts";
import { type PolicySet, policySets } from "./policy-flags.ts";

const PACKAGE = "@tsbx/policy-rego";

/** What the CLI needs of the package that evaluates Rego. */
interface RegoPackage {
  regoPolicy(options: {
    modules: ReadonlyArray<{ name: string; text: string }>;
    env: object;
    readFile: (path: string) => Uint8Array | undefined;
  }): SourceVerifier;
}

interface PolicyInput {
  flags: { policy: readonly string[]; file?: string | undefined };
  options: Pick<ArgumentOptions, "buildArgs" | "labels" | "target">;
  /** The context argument. */
  context: string;
}

/**
 * The policies in Rego that a build is to obey: those of `--policy`, and the file `<Dockerfile>.rego`. What cannot be
 * evaluated is refused here: a build that ignored a policy would be worse than none.
 * @throws TsbxError `INVALID_POLICY`, `INVALID_CSV`, `POLICY_UNSUPPORTED`, `POLICY_NOT_INSTALLED`
 */
export async function policyVerifiers(
  { flags: { policy, file }, options, context }: PolicyInput,
  io: Pick<CliIo, "env" | "cwd">,
): Promise<SourceVerifier[]> {
  const own = await policyBeside(localDockerfile(context, file, io.cwd));
  const sets = policySets(policy, own === undefined ? undefined : { files: [own] });
  if (!sets) return [];
  if (parseBoolean(io.env.BUILDX_DEFAULT_POLICY ?? "")) {
    throw new TsbxError("POLICY_UNSUPPORTED", "the policy of BUILDX_DEFAULT_POLICY is not supported", {
      hint: "Build without it with BUILDX_DEFAULT_POLICY=0.",
    });
  }
  if (sets.length === 0) return [];
  const files = new PolicyFiles({ context, cwd: io.cwd, own });
  const modules = sets.map((set) => readModules(set, files));
  const { regoPolicy } = await loadRego(sets, io);
  const { buildArgs, labels, target } = options;
  const filename = basename(file ?? "") || "Dockerfile";
  const env = {
    filename,
    ...(buildArgs && { args: buildArgs }),
    ...(labels && { labels }),
    ...(target && { target }),
  };
  return modules.map((each) => regoPolicy({ modules: each, env, readFile: (path) => files.read(path) }));
}

function readModules({ files: names }: PolicySet, files: PolicyFiles): Array<{ name: string; text: string }> {
  return names.map((name) => {
    const bytes = files.read(name);
    if (bytes) return { name, text: Buffer.from(bytes).toString("utf8") };
    throw new TsbxError("INVALID_POLICY", `policy file ${name} not found`, {
      hint: "Policies are looked for in the context; cwd://FILE is in the working directory.",
    });
  });
}

async function loadRego(sets: readonly PolicySet[], io: Pick<CliIo, "env" | "cwd">): Promise<RegoPackage> {
  const { importOptional } = await import("../discovery/optional-package.ts");
  const { module, install } = await importOptional(PACKAGE, io);
  if (module && typeof (module as Partial<RegoPackage>).regoPolicy === "function")
    return module as RegoPackage;
  const files = sets.flatMap((set) => set.files).join(", ");
  throw new TsbxError(
    "POLICY_NOT_INSTALLED",
    `the source policy ${files} needs ${PACKAGE}, which is not installed`,
    {
      hint: `Install it: ${install}. Or build without policies with --policy disabled=true.`,
    },
  );
}

/** The policy `<Dockerfile>.rego`, where there is one. A Dockerfile may be in small letters, as everywhere. */
async function policyBeside(dockerfile: string | undefined): Promise<string | undefined> {
  if (dockerfile === undefined) return undefined;
  const lower = basename(dockerfile) === "Dockerfile" && !(await isFile(dockerfile));
  const path = resolve(`${lower ? join(dirname(dockerfile), "dockerfile") : dockerfile}.rego`);
  return (await isFile(path)) ? path : undefined;
}
