import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuilderNode, openNode } from "@tsbx/core";
import buildkitd from "@tsbx/driver-buildkitd";
import { loadBed } from "@tsbx/testbed";

/** A buildkitd besides the bed's, with nothing in its cache. */
export interface OwnDaemon {
  /** `unix://...` */
  endpoint: string;
  node: BuilderNode;
  /** Ends it and removes all that it has. */
  remove(): Promise<void>;
}

const { signal } = new AbortController();

export async function startOwnDaemon(): Promise<OwnDaemon> {
  const { tools, registry } = loadBed(["tools", "registry"]);
  const directory = await mkdtemp(join(tmpdir(), "tsbx-daemon-"));
  const mirror = `[registry."docker.io"]\nmirrors = ["${registry.plain.host}"]\n[registry."${registry.plain.host}"]\nhttp = true\n`;
  const node = openNode(
    buildkitd,
    {
      builder: "own",
      name: "own0",
      options: { binary: tools.buildkitd, runc: tools.runc },
      files: { "buildkitd.toml": Buffer.from(mirror) },
    },
    { env: { PATH: process.env.PATH }, stateDir: directory },
  );
  const remove = async () => {
    await node.handle.remove({ keepState: false }, signal);
    await node.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await node.boot();
    const { detail = "" } = await node.handle.status(signal);
    return { endpoint: /unix:\/\/\S+/.exec(detail)![0], node, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
