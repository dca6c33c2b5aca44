import type { BuildOptions } from "@tsbx/core";
import { noteActivity } from "../builders/activity.ts";
import { withAlternatives } from "../builders/alternatives.ts";
import { builderHost } from "../builders/host.ts";
import { closeNodes, openNodes } from "../builders/open-nodes.ts";
import { type SelectedBuilder, selectBuilder } from "../builders/select.ts";
import { parseCall } from "../call/parse.ts";
import type { CommandContext } from "../commands/command.ts";
import type { CliIo, Environment } from "../io.ts";
import { type BuildFlags, isQuiet, parseBuildArguments } from "./arguments.ts";
import { buildPlace } from "./build-place.ts";
import { defaultOutputs } from "./default-output.ts";
import { type Core, type Executed, execute } from "./execute.ts";
import { formerFlagWarnings } from "./former-flags.ts";
import { withImageStores } from "./image-stores.ts";
import { checkDeletes } from "./local-delete.ts";
import { affinity, localDockerfile } from "./local-paths.ts";
import { policyVerifiers } from "./policy.ts";
import { printResult } from "./print-result.ts";
import { buildRequest } from "./request.ts";
import { imageId, metadataWishes, removeImageIdFile, writeResultFiles } from "./result-files.ts";
import { watchBuild } from "./watch.ts";

/** Progress modes that leave nothing else on stderr: it is to be silent, or is for machines. */
const SILENT: readonly string[] = ["quiet", "none", "rawjson"];

/** Runs `tsbx build`, and lets go of stdin afterwards: a build that failed early leaves it unread. */
export async function runBuild(
  flags: BuildFlags,
  path: string,
  context: CommandContext,
  loadCore: () => Promise<Core>,
): Promise<number> {
  try {
    return await checkAndBuild(flags, path, context, loadCore);
  } finally {
    if (path === "-" || flags.file === "-") context.io.stdin.destroy();
  }
}

/** Checks the arguments, picks a builder, builds on it, and reports. */
async function checkAndBuild(
  flags: BuildFlags,
  path: string,
  context: CommandContext,
  loadCore: () => Promise<Core>,
): Promise<number> {
  const { io, warn } = context;
  const call = parseCall({ call: flags.call ?? flags.print, check: flags.check });
  const options = parseBuildArguments(flags, path, io);
  for (const warning of formerFlagWarnings(flags)) warn(warning);
  const verifiers = await policyVerifiers({ flags, options, context: path }, io);
  await checkDeletes(options.outputs, flags.allow, io.cwd);
  if (flags.report) await (await import("../report/report.ts")).checkReportFile(flags.report, io.cwd);
  await removeImageIdFile(flags, io.cwd);
  const host = await builderHost(context);
  const reading = buildRequest(
    {
      options: {
        ...options,
        ...(call && { call: call.name }),
        ...(verifiers.length > 0 && { verifySource: verifiers }),
      },
      path,
      file: flags.file,
      host,
    },
    context,
  );
  // While git and the disk are waited for.
  const selecting = selectBuilder(flags.builder, host);
  const loading = loadCore();
  for (const each of [selecting, loading]) each.catch(() => {});
  const request = await reading;
  const selected = await selecting;
  const progress = progressMode(flags, io.env);
  const speaks = !SILENT.includes(progress);
  if (speaks) announce(selected, io);
  const core = await loading;
  const nodes = openNodes(selected.builder, selected.driver, host, core, affinity(path, io.cwd));
  const { name: builder } = selected.builder;
  const record = async (ref: string, names: readonly string[]) => {
    const place = await buildPlace(path, flags.file, io.cwd);
    await Promise.all(names.map((node) => host.store.recordBuild(builder, node, ref, place)));
  };
  const watch = await watchBuild({ flags, path, request, nodes, speaks }, context);
  const noted = noteActivity(builder, host);
  let executed: Executed;
  let complete: BuildOptions;
  try {
    const outputs = call ? [] : defaultOutputs(options, nodes, { env: io.env, warn, summary: speaks });
    complete = await withImageStores({ ...request, outputs }, nodes, host);
    executed = await execute(
      {
        nodes,
        request: { ...complete, ...watch.wishes },
        progress,
        debug: flags.debug,
        dockerfile: localDockerfile(path, flags.file, io.cwd),
        observer: watch,
        metadata: flags["metadata-file"] && !call ? metadataWishes(io.env) : {},
        onStarted: (ref, names) => (call ? Promise.resolve() : record(ref, names)),
      },
      context,
      core,
    );
  } catch (cause) {
    const error = await withAlternatives(cause, host);
    await watch.failed(error);
    throw error;
  } finally {
    await closeNodes(nodes);
    await noted;
  }
  const { result, metadata } = executed;
  for (const notice of result.notices) warn(notice);
  await watch.finished({ request: complete, result, nodes });
  await writeResultFiles(flags, io.cwd, { id: imageId(result), metadata });
  if (speaks && !call) {
    const { printSummary } = await import("./summary.ts");
    const canLoad =
      nodes.some(({ handle }) => handle.images) || host.drivers.providers("imageStore").length > 0;
    await printSummary({ request: complete, result, nodes, path, canLoad }, context);
  }
  return printResult({ flags, path, call, result }, io);
}

function progressMode(flags: BuildFlags, env: Environment): string {
  if (isQuiet(flags)) return "quiet";
  const mode = flags.progress ?? "auto";
  return mode === "auto" ? env.BUILDKIT_PROGRESS || mode : mode;
}

/** Says what was picked and why. */
function announce({ builder, driver, reason }: SelectedBuilder, io: CliIo): void {
  const { name, nodes } = builder;
  const endpoint = nodes.length === 1 && nodes[0].endpoint;
  const where = endpoint ? `${driver.name} driver at ${endpoint}` : `${driver.name} driver`;
  const several = nodes.length > 1 ? `, ${nodes.length} nodes` : "";
  io.stderr.write(`Builder ${name} (${where}${several}), chosen by ${reason}\n`);
}
