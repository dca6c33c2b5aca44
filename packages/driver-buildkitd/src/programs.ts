import { dirname } from "node:path";
import { type DriverContext, type OptionValues, TsbxError } from "@tsbx/core/driver";
import { findExecutable, isExecutable, pathDirectories } from "./executable.ts";

const RELEASES = "https://github.com/moby/buildkit/releases";

/** Where buildkitd would be taken from, or undefined when this machine has none. */
export async function findBuildkitd(env: DriverContext["env"], option?: string): Promise<string | undefined> {
  const chosen = option || env.TSBX_BUILDKITD;
  if (chosen) return (await isExecutable(chosen)) ? chosen : undefined;
  return findExecutable(["buildkitd"], pathDirectories(env.PATH));
}

export interface Programs {
  buildkitd: string;
  runc: string;
}

/** @throws TsbxError `BUILDKITD_MISSING`, `RUNC_MISSING` with how to install it */
export async function findPrograms(env: DriverContext["env"], options: OptionValues): Promise<Programs> {
  const buildkitd = await findBuildkitd(env, text(options.binary));
  if (buildkitd === undefined) {
    const where = text(options.binary) ?? env.TSBX_BUILDKITD;
    throw new TsbxError(
      "BUILDKITD_MISSING",
      where ? `${where} is not an executable file` : "there is no buildkitd on the PATH",
      {
        hint: `Unpack a release of BuildKit from ${RELEASES}, then put its bin directory on the PATH or give the driver option binary.`,
      },
    );
  }
  const runc = await find(["buildkit-runc", "runc"], text(options.runc), buildkitd, env);
  if (runc === undefined) {
    throw new TsbxError(
      "RUNC_MISSING",
      `${options.runc ?? "runc"} is not there, and buildkitd starts containers with it`,
      {
        hint: "Install the Debian package runc, or use the buildkit-runc of a BuildKit release; driver option runc names another.",
      },
    );
  }
  return { buildkitd, runc };
}

/** @throws TsbxError `ROOTLESSKIT_MISSING` with how to install it */
export async function findRootlesskit(
  env: DriverContext["env"],
  options: OptionValues,
  buildkitd: string,
): Promise<string> {
  const rootlesskit = await find(["rootlesskit"], text(options.rootlesskit), buildkitd, env);
  if (rootlesskit !== undefined) return rootlesskit;
  throw new TsbxError(
    "ROOTLESSKIT_MISSING",
    `${options.rootlesskit ?? "rootlesskit"} is not there, and buildkitd needs it to run without root`,
    {
      hint: "Install the Debian package rootlesskit, or `go install github.com/rootless-containers/rootlesskit/v2/cmd/rootlesskit@latest`.",
    },
  );
}

/** Looks where the option says, else beside buildkitd, else on the PATH. */
async function find(
  names: readonly string[],
  option: string | undefined,
  buildkitd: string,
  env: DriverContext["env"],
): Promise<string | undefined> {
  if (option !== undefined) return (await isExecutable(option)) ? option : undefined;
  return findExecutable(names, [dirname(buildkitd), ...pathDirectories(env.PATH)]);
}

function text(value: string | boolean | number | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : String(value);
}
