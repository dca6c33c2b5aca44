import { isTsbxError, throwIfAborted } from "@tsbx/core/driver";
import { isEngineError } from "@tsbx/docker-engine";
import { removeContainer, removeVolume, volumeExists } from "../container/container.ts";
import { containerSettings, type DaemonInfo } from "../container/settings.ts";
import { volumeName } from "../names.ts";
import type { Boot } from "./boot.ts";
import { createContainer } from "./create-container.ts";
import { gpuRequests } from "./gpus.ts";
import { pullOrUse } from "./pull.ts";
import { start } from "./start.ts";
import { awaitDaemon } from "./wait.ts";
import { wslMounts } from "./wsl.ts";

/** The bound over undoing what was begun, and that with a daemon that has just failed to answer. */
const UNDO_MS = 10_000;
const HOPELESS_UNDO_MS = 1000;

/** False when the container was removed meanwhile. What this made itself is undone when it fails. */
export async function createAndStart(boot: Boot, name: string): Promise<boolean> {
  const { engine, node, context, progress, signal } = boot;
  const image = String(node.options.image);
  await pullOrUse(engine, image, context.credentials, progress, signal);
  progress(`creating container ${name}`);
  const info = await engine.json<DaemonInfo>("GET", "/info", { signal });
  const devices = await gpuRequests(engine, { image, container: name }, signal);
  const mounts = await wslMounts(node.endpoint, context.env);
  const hadVolume = await volumeExists(engine, volumeName(node.name), signal);
  const id = await create(boot, name, containerSettings(node, image, info, { devices, mounts }));
  // Another one was first, and starts it.
  if (id === undefined) return awaitDaemon(engine, name, signal);
  try {
    throwIfAborted(signal);
    await start(boot, name, true);
    return await awaitDaemon(engine, name, signal);
  } catch (error) {
    await undo(boot, id, hadVolume, error);
    throw error;
  }
}

/** @returns the container's id; undefined when the name is taken */
async function create(
  { engine, signal }: Boot,
  name: string,
  body: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  try {
    return await createContainer(engine, name, body, signal);
  } catch (error) {
    if (isEngineError(error, 409)) return undefined;
    throw error;
  }
}

/** @param cause the failure, which is what the user must hear of: that of undoing it is not told */
async function undo({ engine, node }: Boot, id: string, keepVolume: boolean, cause: unknown): Promise<void> {
  const lost = isTsbxError(cause) && cause.code === "ENGINE_UNREACHABLE";
  const signal = AbortSignal.timeout(lost ? HOPELESS_UNDO_MS : UNDO_MS);
  try {
    await removeContainer(engine, id, signal);
    if (!keepVolume) await removeVolume(engine, volumeName(node.name), signal);
  } catch {}
}
