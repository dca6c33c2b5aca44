import { startDockerd } from "../dockerd.ts";
import { leftoversOf } from "./containers.ts";
import type { VictimKind } from "./victim.ts";

export const docker: VictimKind = {
  driver: "docker",
  killed: "dockerd",
  bootSteps: [],
  undoes: true,
  interrupted: true,
  async start() {
    const { endpoint, engine, signal, start, remove } = await startDockerd();
    return {
      place: { name: "own docker", node: "default", env: { DOCKER_HOST: endpoint } },
      kill: async () => signal("SIGKILL"),
      revive: start,
      leftovers: () => leftoversOf(engine, ""),
      remove,
    };
  },
};
