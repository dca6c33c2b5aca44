import type { BuildOptions } from "@tsbx/core";
import { parseReference } from "@tsbx/core/driver";
import { TsbxError } from "@tsbx/core/errors";
import { parseBoolean } from "../flags/boolean.ts";
import type { FlagValues } from "../flags/table.ts";
import type { CliIo } from "../io.ts";
import { PROGRESS_MODES } from "../progress/modes.ts";
import { parseAnnotations } from "./annotations.ts";
import { parseAttestations } from "./attestations.ts";
import { parseCaches } from "./cache.ts";
import { checkSources } from "./context.ts";
import { parseEntitlements } from "./entitlements.ts";
import type { BUILD_FLAGS } from "./flags.ts";
import { allResources } from "./former-flags.ts";
import { parseOutputs } from "./outputs.ts";
import { buildArgs, buildContexts, labels } from "./pairs.ts";
import { platforms } from "./platforms.ts";
import { runSettings } from "./run-settings.ts";
import { parseSecrets } from "./secrets.ts";
import { parseSsh, type SshPaths } from "./ssh.ts";

export type BuildFlags = FlagValues<typeof BUILD_FLAGS>;

/** The options of a build as far as the arguments and the environment alone tell them. */
export type ArgumentOptions = Omit<BuildOptions, "context" | "dockerfile" | "ssh"> & {
  ssh: SshPaths;
  frontendAttrs: Record<string, string>;
  outputs: NonNullable<BuildOptions["outputs"]>;
};

/**
 * Reads the arguments of `tsbx build`, and finds whatever is wrong with them. Reads and writes nothing.
 * @throws TsbxError for the first fault.
 */
export function parseBuildArguments(
  flags: BuildFlags,
  context: string,
  { env, cwd, stdout }: Pick<CliIo, "env" | "cwd" | "stdout">,
): ArgumentOptions {
  checkSources(context, flags.file);
  checkProgress(flags);
  const outputs = parseOutputs(flags.output, stdout);
  if (flags.iidfile && outputs.some(({ type }) => type === "local" || type === "tar")) {
    throw invalid("local and tar exporters are incompatible with image ID file");
  }
  return {
    cwd,
    tags: tags(flags.tag),
    ...(flags.target && { target: flags.target }),
    platforms: platforms(flags.platform, env),
    buildArgs: buildArgs(flags["build-arg"], env),
    buildContexts: buildContexts(flags["build-context"]),
    labels: labels(flags.label),
    annotations: parseAnnotations(flags.annotation),
    noCache: noCache(flags),
    pull: flags.pull,
    outputs,
    push: flags.push,
    load: flags.load,
    secrets: parseSecrets(flags.secret, env),
    ssh: parseSsh(flags.ssh, context, env),
    cacheFrom: parseCaches(flags["cache-from"], env),
    cacheTo: parseCaches(flags["cache-to"], env),
    attestations: parseAttestations(flags, env),
    ...(parseBoolean(env.BUILDX_NO_DEFAULT_OCI_ARTIFACT ?? "") && { ociArtifact: false }),
    network: network(flags.network),
    allow: parseEntitlements(flags.allow),
    frontendAttrs: runSettings({ ...flags, resource: allResources(flags) }),
  };
}

/** Whether nothing but the image's ID is to be printed. */
export function isQuiet({ quiet, progress }: BuildFlags): boolean {
  return quiet || progress === "quiet";
}

function checkProgress({ quiet, progress = "auto" }: BuildFlags): void {
  if (!PROGRESS_MODES.includes(progress)) {
    throw invalid(`invalid progress mode ${progress}`, `Use one of ${PROGRESS_MODES.join(", ")}.`);
  }
  if (quiet && progress !== "auto" && progress !== "quiet") {
    throw invalid(`progress=${progress} and quiet cannot be used together`);
  }
}

function tags(values: readonly string[]): readonly string[] {
  for (const value of values) parseReference(value, "tag");
  return values;
}

function noCache(flags: BuildFlags): boolean | string[] {
  const stages = flags["no-cache-filter"].flatMap((value) => value.split(","));
  if (flags["no-cache"] && stages.length > 0) {
    throw invalid("--no-cache and --no-cache-filter cannot currently be used together");
  }
  return stages.length > 0 ? stages : flags["no-cache"];
}

function network(mode = "default"): string {
  if (["", "default", "host", "none"].includes(mode)) return mode || "default";
  throw invalid(
    `network mode "${mode}" not supported by buildkit`,
    "Use default, host or none; a custom network belongs to the builder, not to a build.",
  );
}

function invalid(message: string, hint?: string): TsbxError {
  return new TsbxError("INVALID_FLAG", message, hint === undefined ? {} : { hint });
}
