import type { CommandContext } from "../commands/command.ts";
import { discoverDrivers } from "../discovery/discover.ts";
import { readDockerConfig } from "../docker-config.ts";
import type { CliIo, Environment } from "../io.ts";
import { type SelectedNode, selectNode } from "../selection/select.ts";
import { stateDir } from "../selection/state-dir.ts";
import { type BuildFlags, isQuiet, parseBuildArguments } from "./arguments.ts";
import { defaultOutputs } from "./default-output.ts";
import { type Core, execute } from "./execute.ts";
import { buildRequest } from "./request.ts";
import { imageId, metadataProvenance, removeImageIdFile, writeResultFiles } from "./result-files.ts";

/** Runs `tsbx build`, and lets go of stdin afterwards: a build that failed early leaves it unread. */
export async function runBuild(
  flags: BuildFlags,
  path: string,
  context: CommandContext,
  loadCore: () => Promise<Core>,
): Promise<void> {
  try {
    await checkAndBuild(flags, path, context, loadCore);
  } finally {
    if (path === "-" || flags.file === "-") context.io.stdin.destroy();
  }
}

/** Checks the arguments, picks a node, builds on it, and reports. */
async function checkAndBuild(
  flags: BuildFlags,
  path: string,
  context: CommandContext,
  loadCore: () => Promise<Core>,
): Promise<void> {
  const { io, signal, warn } = context;
  const options = parseBuildArguments(flags, path, io);
  await removeImageIdFile(flags, io.cwd);
  const dockerConfig = await readDockerConfig(io.env, warn);
  const request = await buildRequest({ options, path, file: flags.file, dockerConfig }, context);

  const selected = await selectNode({
    flag: flags.builder,
    env: io.env,
    dockerConfig,
    drivers: await discoverDrivers(io),
    stateDir: stateDir(io.env),
    signal,
    warn,
  });
  const progress = progressMode(flags, io.env);
  announce(selected, progress, io);
  const outputs = defaultOutputs(options, selected.driver, { env: io.env, warn });

  const { result, metadata } = await execute(
    {
      selected,
      request: { ...request, outputs },
      progress,
      debug: flags.debug,
      provenance: flags["metadata-file"] ? metadataProvenance(io.env) : undefined,
    },
    context,
    await loadCore(),
  );
  for (const notice of result.notices) warn(notice);
  await writeResultFiles(flags, io.cwd, { id: imageId(result), metadata });
  if (isQuiet(flags)) io.stdout.write(`${imageId(result)}\n`);
}

function progressMode(flags: BuildFlags, env: Environment): string {
  if (isQuiet(flags)) return "quiet";
  const mode = flags.progress ?? "auto";
  return mode === "auto" ? env.BUILDKIT_PROGRESS || mode : mode;
}

/** Says what was picked and why; not where stderr is to be silent, or is for machines. */
function announce(selected: SelectedNode, progress: string, io: CliIo): void {
  if (["quiet", "none", "rawjson"].includes(progress)) return;
  const { builder, driver, endpoint, reason } = selected;
  const where = endpoint ? `${driver.name} driver at ${endpoint}` : `${driver.name} driver`;
  io.stderr.write(`Builder ${builder} (${where}), chosen by ${reason}\n`);
}
