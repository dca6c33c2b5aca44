import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { vi } from "vitest";
import { endBelow } from "./processes.ts";
import { mountTmpfs } from "./tmpfs.ts";

const never = new AbortController().signal;

/** A Docker daemon besides the bed's, of the same programs, with nothing in it. */
export interface Dockerd {
  /** `unix://...` */
  endpoint: string;
  engine: Engine;
  signal(name: NodeJS.Signals): void;
  /** Starts it where it was killed, with what it has. */
  start(): Promise<void>;
  /** Ends it and removes all that it has. */
  remove(): Promise<void>;
}

/** @param megabytes the size of the disk that it has everything on */
export async function startDockerd(megabytes?: number): Promise<Dockerd> {
  const directory = await mkdtemp(join(tmpdir(), "tsbx-dockerd-"));
  if (megabytes) await mountTmpfs(directory, megabytes);
  const endpoint = `unix://${join(directory, "docker.sock")}`;
  await writeFile(join(directory, "daemon.json"), JSON.stringify(settings(directory, endpoint)));
  const engine = openEngine(endpoint, {});
  let daemon: ChildProcess | undefined;
  const start = async () => {
    if (daemon && daemon.exitCode === null && daemon.signalCode === null) return;
    daemon = spawnDockerd(directory);
    await vi.waitFor(() => engine.json("GET", "/version", { signal: never }), {
      timeout: 60_000,
      interval: 50,
    });
  };
  const remove = async () => {
    daemon?.kill("SIGKILL");
    await endBelow(directory);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return { endpoint, engine, signal: (name) => void daemon!.kill(name), start, remove };
}

function settings(directory: string, endpoint: string): object {
  const { host } = loadBed().registry.plain;
  return {
    hosts: [endpoint],
    "data-root": join(directory, "data"),
    "exec-root": join(directory, "exec"),
    pidfile: join(directory, "pid"),
    bridge: "none",
    iptables: false,
    ip6tables: false,
    "userland-proxy": false,
    features: { "containerd-snapshotter": true },
    "registry-mirrors": [`http://${host}`],
    "insecure-registries": [host],
  };
}

function spawnDockerd(directory: string): ChildProcess {
  const { pid } = loadBed().docker.containerd;
  const [, path = ""] = /\0PATH=([^\0]*)/.exec(`\0${readFileSync(`/proc/${pid}/environ`, "utf8")}`) ?? [];
  return spawn(readlinkSync(`/proc/${pid}/exe`), ["--config-file", join(directory, "daemon.json")], {
    stdio: "ignore",
    env: { PATH: path },
  });
}
