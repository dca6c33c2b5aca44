import { randomBytes } from "node:crypto";
import { throwIfAborted } from "@tsbx/core/driver";
import { type Engine, isEngineError } from "@tsbx/docker-engine";
import { removeContainer } from "../container/container.ts";
import type { DeviceRequest } from "../container/settings.ts";
import { createContainer } from "./create-container.ts";

const ALL_GPUS: readonly DeviceRequest[] = [{ Count: -1, Capabilities: [["gpu"]] }];
/** The bound over removing the probe. */
const REMOVE_MS = 2000;

/**
 * The request for all GPUs, where the daemon has any to give; nothing where it has none. It tells only by
 * starting a container that has them: a probe that does nothing and goes at once.
 * @throws TsbxError `ENGINE_UNREACHABLE`
 */
export async function gpuRequests(
  engine: Engine,
  { image, container }: { image: string; container: string },
  signal: AbortSignal,
): Promise<readonly DeviceRequest[]> {
  try {
    await runProbe(engine, image, container, signal);
    return ALL_GPUS;
  } catch (error) {
    // Whatever it says of the probe.
    if (isEngineError(error)) return [];
    throw error;
  }
}

async function runProbe(
  engine: Engine,
  image: string,
  container: string,
  signal: AbortSignal,
): Promise<void> {
  // Others may boot the same node at the same time, each with a probe of its own.
  const name = `${container}_gpus_${randomBytes(4).toString("hex")}`;
  const id = await createContainer(engine, name, probeSettings(image), signal);
  try {
    throwIfAborted(signal);
    await engine.json("POST", `/containers/${id}/start`, { signal });
  } finally {
    // It may be gone, or going, by itself.
    await removeContainer(engine, id, AbortSignal.timeout(REMOVE_MS)).catch(() => {});
  }
}

function probeSettings(image: string): Record<string, unknown> {
  return {
    Image: image,
    Entrypoint: ["/bin/true"],
    HostConfig: { NetworkMode: "none", AutoRemove: true, DeviceRequests: ALL_GPUS },
  };
}
