import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { vi } from "vitest";
import { startOwnDaemon } from "./own-daemon.ts";
import { type Place, places, remotePlace } from "./places.ts";

/** A builder whose BuildKit may be killed. */
export interface Victim {
  place: Place;
  /** Kills the BuildKit, so that it can put nothing in order. */
  kill(): Promise<void>;
  /** Removes what the builder itself does not. */
  remove(): Promise<void>;
}

export const VICTIMS: ReadonlyArray<readonly [driver: string, start: () => Promise<Victim>]> = [
  [
    "remote",
    async () => {
      const { endpoint, kill, remove } = await startOwnDaemon();
      return { place: remotePlace(endpoint), kill, remove };
    },
  ],
  ["docker", startDockerd],
  ["docker-container", async () => ({ ...containerVictim(), remove: async () => {} })],
  ["kubernetes", async () => ({ ...podVictim(), remove: async () => {} })],
];

const never = new AbortController().signal;

function placeOf(name: string): Place {
  const place = places().find((each) => each.name === name)!;
  return { ...place, node: `victim-${process.pid}-${name.slice(0, 4)}` };
}

function containerVictim(): Omit<Victim, "remove"> {
  const place = placeOf("docker-container");
  const engine = openEngine(loadBed().docker.containerd.unix, {});
  const kill = () =>
    engine.json<void>("POST", `/containers/buildx_buildkit_${place.node}/kill`, { signal: never });
  return { place, kill };
}

/** The kubelet starts the container of the pod again. */
function podVictim(): Omit<Victim, "remove"> {
  const place = placeOf("kubernetes");
  const kill = async () => {
    const [pid] = processes(
      (pid) =>
        readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("buildkitd\0") &&
        readFileSync(`/proc/${pid}/environ`, "utf8").includes(`\0HOSTNAME=${place.node}-`),
    );
    if (!pid) throw new Error(`no buildkitd runs in a pod of ${place.node}`);
    process.kill(pid, "SIGKILL");
  };
  return { place, kill };
}

/** A Docker daemon besides the bed's, of the same programs. */
async function startDockerd(): Promise<Victim> {
  const { docker, registry } = loadBed();
  const directory = await mkdtemp(join(tmpdir(), "tsbx-dockerd-"));
  const config = join(directory, "daemon.json");
  const socket = join(directory, "docker.sock");
  const settings = {
    hosts: [`unix://${socket}`],
    "data-root": join(directory, "data"),
    "exec-root": join(directory, "exec"),
    pidfile: join(directory, "pid"),
    bridge: "none",
    iptables: false,
    ip6tables: false,
    "userland-proxy": false,
    features: { "containerd-snapshotter": true },
    "registry-mirrors": [`http://${registry.plain.host}`],
    "insecure-registries": [registry.plain.host],
  };
  await writeFile(config, JSON.stringify(settings));
  const { pid } = docker.containerd;
  const [, path = ""] = /\0PATH=([^\0]*)/.exec(`\0${readFileSync(`/proc/${pid}/environ`, "utf8")}`) ?? [];
  const daemon = spawn(readlinkSync(`/proc/${pid}/exe`), ["--config-file", config], {
    stdio: "ignore",
    env: { PATH: path },
  });
  const remove = async () => {
    daemon.kill("SIGKILL");
    await endBelow(directory);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const engine = openEngine(`unix://${socket}`, {});
    await vi.waitFor(() => engine.json("GET", "/version", { signal: never }), {
      timeout: 30_000,
      interval: 50,
    });
  } catch (error) {
    await remove();
    throw error;
  }
  const place = { name: "own docker", node: "default", env: { DOCKER_HOST: `unix://${socket}` } };
  return { place, kill: async () => void daemon.kill("SIGKILL"), remove };
}

/** Ends what a killed daemon leaves in a directory: its containerd, containers and mounts. */
async function endBelow(directory: string): Promise<void> {
  await vi.waitFor(
    () => {
      const left = processes((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(directory));
      for (const pid of left) process.kill(pid, "SIGKILL");
      if (left.length > 0) throw new Error(`still there: ${left}`);
    },
    { timeout: 10_000, interval: 50 },
  );
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const points = mounts
    .map((line) => line.split(" ")[1] ?? "")
    .filter((point) => point.startsWith(directory));
  for (const point of points.reverse()) {
    await new Promise((resolve) => spawn("umount", ["-l", point]).on("close", resolve));
  }
}

function processes(is: (pid: number) => boolean): number[] {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => {
    try {
      return is(pid);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}
