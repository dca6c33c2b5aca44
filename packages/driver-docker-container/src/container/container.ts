import { type Engine, isEngineError } from "@tsbx/docker-engine";

/** What a daemon tells of a container. */
export interface ContainerState {
  Status: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
  Running: boolean;
  ExitCode: number;
  Error: string;
}

/** The container's state; undefined when there is none of that name. */
export async function inspectContainer(
  engine: Engine,
  name: string,
  signal: AbortSignal,
): Promise<ContainerState | undefined> {
  const found = await unlessAbsent(
    engine.json<{ State: ContainerState }>("GET", `/containers/${name}/json`, { prompt: true, signal }),
  );
  return found?.State;
}

/** Ends the container's processes; it stays. */
export async function stopContainer(engine: Engine, name: string, signal: AbortSignal): Promise<void> {
  await unlessAbsent(engine.json("POST", `/containers/${name}/stop`, { signal }));
}

/** Removes the container with all that is in it but its named volumes. */
export async function removeContainer(engine: Engine, name: string, signal: AbortSignal): Promise<void> {
  await unlessAbsent(engine.json("DELETE", `/containers/${name}`, { query: { v: 1, force: 1 }, signal }));
}

export async function volumeExists(engine: Engine, name: string, signal: AbortSignal): Promise<boolean> {
  return (await unlessAbsent(engine.json("GET", `/volumes/${name}`, { prompt: true, signal }))) !== undefined;
}

export async function removeVolume(engine: Engine, name: string, signal: AbortSignal): Promise<void> {
  await unlessAbsent(engine.json("DELETE", `/volumes/${name}`, { signal }));
}

async function unlessAbsent<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (isEngineError(error, 404)) return undefined;
    throw error;
  }
}
