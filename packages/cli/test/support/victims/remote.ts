import { openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { startOwnDaemon } from "../own-daemon.ts";
import { remotePlace } from "../places.ts";
import { loadedImages, never, type VictimKind } from "./victim.ts";

export const remote: VictimKind = {
  driver: "remote",
  killed: "buildkitd",
  bootSteps: [],
  undoes: true,
  interrupted: true,
  async start() {
    const { endpoint, node, kill, remove } = await startOwnDaemon();
    // Where its builds load their images.
    const DOCKER_HOST = loadBed().docker.containerd.unix;
    return {
      place: { ...remotePlace(endpoint), env: { DOCKER_HOST } },
      kill,
      revive: () => node.handle.boot(() => {}, never),
      leftovers: () => loadedImages(openEngine(DOCKER_HOST, {})),
      remove,
    };
  },
};
