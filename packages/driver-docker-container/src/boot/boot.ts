import { type DriverContext, type NodeConfig, type StepProgress, TsbxError } from "@tsbx/core/driver";
import { type Engine, isEngineError } from "@tsbx/docker-engine";
import { configArchive } from "../container/config-archive.ts";
import { inspectContainer, removeContainer, removeVolume, volumeExists } from "../container/container.ts";
import { containerSettings, type DaemonInfo } from "../container/settings.ts";
import { containerName, volumeName } from "../names.ts";
import { GITHUB_CONTEXT_FILE, githubContext } from "./github-context.ts";
import { pullOrUse } from "./pull.ts";
import { awaitDaemon } from "./wait.ts";

/** Others may remove the container while this waits for it; then it is made anew. */
const ROUNDS = 3;
/** The bound over undoing what was begun. */
const UNDO_MS = 10_000;

export interface Boot {
  engine: Engine;
  node: NodeConfig;
  context: DriverContext;
  progress: StepProgress;
  signal: AbortSignal;
}

/**
 * Makes the node's container run and waits for its buildkitd. Several may do so at the same time, in any number
 * of processes: the container's name decides which of them creates it.
 * @throws TsbxError `BOOT_FAILED`, `ENGINE_ERROR`, `ENGINE_UNREACHABLE`
 */
export async function bootContainer(boot: Boot): Promise<void> {
  const { engine, node, progress, signal } = boot;
  const name = containerName(node.name);
  for (let round = 0; round < ROUNDS; round++) {
    const state = await inspectContainer(engine, name, signal);
    if (!state) {
      if (await createAndStart(boot, name)) return;
    } else {
      if (!state.Running) {
        progress(`starting container ${name}`);
        await start(boot, name, state.Status === "created");
      }
      if (await awaitDaemon(engine, name, signal)) return;
    }
  }
  throw new TsbxError("BOOT_FAILED", `container ${name} was removed while it booted`, {
    hint: "Boot it again when nobody else removes it.",
  });
}

/** False when the container was removed meanwhile. What this made itself is undone when it fails. */
async function createAndStart(boot: Boot, name: string): Promise<boolean> {
  const { engine, node, context, progress, signal } = boot;
  const image = String(node.options.image);
  await pullOrUse(engine, image, context.credentials, progress, signal);
  progress(`creating container ${name}`);
  const info = await engine.json<DaemonInfo>("GET", "/info", { signal });
  const hadVolume = await volumeExists(engine, volumeName(node.name), signal);
  try {
    const body = containerSettings(node, image, info);
    await engine.json("POST", "/containers/create", { query: { name }, body, signal });
  } catch (error) {
    if (!isEngineError(error, 409)) {
      // A request that was cut off may have been heard.
      if (signal.aborted) await undo(boot, name, hadVolume);
      throw error;
    }
    // Another one was first, and starts it.
    return awaitDaemon(engine, name, signal);
  }
  try {
    await start(boot, name, true);
    return await awaitDaemon(engine, name, signal);
  } catch (error) {
    await undo(boot, name, hadVolume);
    throw error;
  }
}

/** @param isNew whether it never ran: then it has no configuration yet */
async function start({ engine, node, context, signal }: Boot, name: string, isNew: boolean): Promise<void> {
  if (isNew) {
    const github = node.options["provenance-add-gha"] ? await githubContext(context.env) : undefined;
    const files = { ...node.files, ...(github && { [GITHUB_CONTEXT_FILE]: github }) };
    const body = configArchive(files);
    await engine.json("PUT", `/containers/${name}/archive`, { query: { path: "/etc" }, body, signal });
  }
  await engine.json("POST", `/containers/${name}/start`, { signal });
}

async function undo({ engine, node }: Boot, name: string, keepVolume: boolean): Promise<void> {
  const signal = AbortSignal.timeout(UNDO_MS);
  try {
    await removeContainer(engine, name, signal);
    if (!keepVolume) await removeVolume(engine, volumeName(node.name), signal);
  } catch {
    // What failed before is what the user must hear of.
  }
}
