import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { nodeObjects, removeNodeObjects, removePods } from "../cluster.ts";
import type { Place } from "../places.ts";
import { commandLine, processes } from "../processes.ts";
import { startProxy } from "../proxy.ts";
import { eventually, loadedImages, placeOf, type Victim, type VictimKind } from "./victim.ts";

const bootSteps = [/creating deployment/, /waiting for 1 pods/];

/** The process in the pod is killed; the kubelet starts the container again, the sooner the less often it ended. */
export const pod: VictimKind = {
  driver: "kubernetes",
  killed: "buildkitd in its pod",
  bootSteps,
  undoes: true,
  interrupted: true,
  start: async () => podVictim("pod"),
};

/** A pod whose build cache is a persistent volume. */
export const podWithVolume: VictimKind = {
  ...pod,
  driver: "kubernetes with a volume",
  bootSteps: [/waiting for 1 pods/],
  async start() {
    const victim = podVictim("volume");
    const { place } = victim;
    const option = ["--driver-opt", "persistent-volume-claim.requests.storage=1Gi"];
    return { ...victim, place: { ...place, create: [...place.create!, ...option] } };
  },
};

/** The way to the API server is cut. */
export const apiServer: VictimKind = {
  driver: "kubernetes",
  killed: "the way to the API server",
  bootSteps,
  undoes: false,
  interrupted: false,
  async start() {
    const { kubernetes } = loadBed();
    const proxy = await startProxy(kubernetes.server);
    const directory = await mkdtemp(join(tmpdir(), "tsbx-kubeconfig-"));
    const kubeconfig = join(directory, "config");
    const config = await readFile(kubernetes.kubeconfigs.builder, "utf8");
    await writeFile(kubeconfig, config.replaceAll(kubernetes.server, proxy.url));
    const victim = podVictim("api", { KUBECONFIG: kubeconfig });
    return {
      ...victim,
      kill: async () => proxy.cut(),
      hang: proxy.hang,
      revive: () => proxy.restore(),
      async remove() {
        proxy.cut();
        await victim.remove();
        await rm(directory, { recursive: true });
      },
    };
  },
};

function podVictim(purpose: string, env?: Place["env"]): Victim {
  const place = placeOf("kubernetes", purpose);
  const DOCKER_HOST = loadBed().docker.containerd.unix;
  const engine = openEngine(DOCKER_HOST, {});
  return {
    // Its builds load their images there.
    place: { ...place, env: { DOCKER_HOST, ...place.env, ...env } },
    kill: () =>
      eventually(() => {
        const [pid] = daemons(place.node);
        if (!pid) throw new Error(`no buildkitd runs in a pod of ${place.node}`);
        process.kill(pid, "SIGKILL");
      }),
    // A new pod does not wait for its next start.
    revive: () => removePods(place.node),
    leftovers: async () => [...(await nodeObjects(place.node)), ...(await loadedImages(engine))].sort(),
    remove: () => removeNodeObjects(place.node),
  };
}

function daemons(node: string): number[] {
  return processes(
    (pid) =>
      commandLine(pid).startsWith("buildkitd\0") &&
      readFileSync(`/proc/${pid}/environ`, "utf8").includes(`\0HOSTNAME=${node}-`),
  );
}
