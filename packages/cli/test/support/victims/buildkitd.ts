import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { buildkitdPlace } from "../places.ts";
import { commandLine, endBelow, mountsBelow, processes } from "../processes.ts";
import { eventually, loadedImages, type VictimKind } from "./victim.ts";

/** What a node that does not run has of files: its build cache, and what it wrote while it ran. */
const STOPPED = ["buildkitd.log", "buildkitd.log.old", "config", "root", "tmp"];

export const buildkitd: VictimKind = {
  driver: "buildkitd",
  killed: "the daemon",
  bootSteps: [/starting buildkitd/],
  undoes: true,
  interrupted: true,
  async start() {
    const state = await mkdtemp(join(tmpdir(), "tsbx-state-"));
    const place = buildkitdPlace(state);
    const directory = join(state, "tsbx/buildkitd/bed", place.node);
    const DOCKER_HOST = loadBed().docker.containerd.unix;
    const engine = openEngine(DOCKER_HOST, {});
    return {
      place: { ...place, env: { ...place.env, DOCKER_HOST } },
      kill: () =>
        eventually(async () => {
          const { pid } = JSON.parse(await readFile(join(directory, "daemon.json"), "utf8"));
          process.kill(pid, "SIGKILL");
        }),
      revive: async () => {},
      async leftovers() {
        const files = existsSync(directory) ? await readdir(directory) : [];
        return [
          ...processes((pid) => commandLine(pid).includes(directory)).map(() => "process"),
          ...mountsBelow(directory).map((point) => `mount ${point}`),
          ...files.filter((name) => !STOPPED.includes(name)).map((name) => `file ${name}`),
          ...(await loadedImages(engine)),
        ].sort();
      },
      async remove() {
        await endBelow(directory);
        await rm(state, { recursive: true });
      },
    };
  },
};
