import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuilderNode, openNode } from "@tsbx/core";
import buildkitd from "@tsbx/driver-buildkitd";
import { loadBed } from "@tsbx/testbed";
import { mountTmpfs, unmount } from "./tmpfs.ts";

/** A buildkitd besides the bed's, with nothing in its cache. */
export interface OwnDaemon {
  /** `unix://...` */
  endpoint: string;
  node: BuilderNode;
  /** Kills it, so that it can put nothing in order. */
  kill(): Promise<void>;
  /** Ends it and removes all that it has. */
  remove(): Promise<void>;
}

const { signal } = new AbortController();

interface OwnDaemonOptions {
  /** The size of the disk that it has its cache on. */
  megabytes?: number;
  /** More of its buildkitd.toml. */
  config?: string;
}

export async function startOwnDaemon({ megabytes, config = "" }: OwnDaemonOptions = {}): Promise<OwnDaemon> {
  const { tools, registry } = loadBed(["tools", "registry"]);
  const directory = await mkdtemp(join(tmpdir(), "tsbx-daemon-"));
  if (megabytes) await mountTmpfs(directory, megabytes);
  const mirror = `[registry."docker.io"]\nmirrors = ["${registry.plain.host}"]\n[registry."${registry.plain.host}"]\nhttp = true\n`;
  const node = openNode(
    buildkitd,
    {
      builder: "own",
      name: "own0",
      options: { binary: tools.buildkitd, runc: tools.runc },
      files: { "buildkitd.toml": Buffer.from(`${config}${mirror}`) },
    },
    { env: { PATH: process.env.PATH }, stateDir: directory },
  );
  const remove = async () => {
    await node.handle.remove({ keepState: false }, signal);
    await node.close();
    if (megabytes) await unmount(directory);
    await rm(directory, { recursive: true, force: true });
  };
  const kill = async () => {
    const { pid } = JSON.parse(await readFile(join(directory, "own/own0/daemon.json"), "utf8"));
    process.kill(pid, "SIGKILL");
  };
  try {
    await node.boot();
    const { detail = "" } = await node.handle.status(signal);
    return { endpoint: /unix:\/\/\S+/.exec(detail)![0], node, kill, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
