import { type Engine, isEngineError, openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { startDockerd } from "../dockerd.ts";
import { eventually, loadedImages, never, placeOf, type VictimKind } from "./victim.ts";

const bootSteps = [/pulling image/, /creating container/];

/** The container is killed, on the bed's daemon. */
export const container: VictimKind = {
  driver: "docker-container",
  killed: "its container",
  bootSteps,
  undoes: true,
  interrupted: true,
  async start() {
    const place = placeOf("docker-container", "container");
    const engine = openEngine(loadBed().docker.containerd.unix, {});
    const name = containerName(place.node);
    return {
      place,
      // Docker refuses it while there is none, or none that runs.
      kill: () => eventually(() => ask(engine, "POST", `/containers/${name}/kill`)),
      revive: async () => {},
      leftovers: () => leftoversOf(engine, name),
      async remove() {
        await unlessAbsent(ask(engine, "DELETE", `/containers/${name}?force=1`));
        await unlessAbsent(ask(engine, "DELETE", `/volumes/${name}_state`));
      },
    };
  },
};

/** The daemon with the container is killed. */
export const containerOfDockerd: VictimKind = {
  driver: "docker-container",
  killed: "dockerd",
  bootSteps,
  undoes: false,
  interrupted: false,
  async start() {
    const { endpoint, engine, signal, start, remove } = await startDockerd();
    const place = placeOf("docker-container", "dockerd");
    return {
      place: { ...place, env: { DOCKER_HOST: endpoint } },
      kill: async () => signal("SIGKILL"),
      revive: start,
      leftovers: () => leftoversOf(engine, ""),
      remove,
    };
  },
};

function containerName(node: string): string {
  return `buildx_buildkit_${node}`;
}

/** @param name the beginning of containers' and volumes' names */
export async function leftoversOf(engine: Engine, name: string): Promise<string[]> {
  const containers = await ask<{ Names: string[] }[]>(engine, "GET", "/containers/json?all=1");
  const { Volumes } = await ask<{ Volumes: { Name: string }[] | null }>(engine, "GET", "/volumes");
  const found = [
    ...containers.map(({ Names }) => `container ${Names[0]?.slice(1)}`),
    ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
  ];
  const own = found.filter((each) => each.split(" ")[1]?.startsWith(name));
  return [...own, ...(await loadedImages(engine))].sort();
}

function ask<T>(engine: Engine, method: string, path: string): Promise<T> {
  return engine.json<T>(method, path, { signal: never });
}

async function unlessAbsent(asking: Promise<unknown>): Promise<void> {
  await asking.catch((error) => {
    if (!isEngineError(error, 404)) throw error;
  });
}
