import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuilderNode, type NodeRequest, openNode } from "@tsbx/core";
import type { Driver } from "@tsbx/core/driver";
import buildkitd from "@tsbx/driver-buildkitd";
import docker from "@tsbx/driver-docker";
import dockerContainer from "@tsbx/driver-docker-container";
import kubernetes from "@tsbx/driver-kubernetes";
import remote from "@tsbx/driver-remote";
import { loadBed } from "@tsbx/testbed";

/** One way to a BuildKit on the bed. */
export interface Target {
  name: string;
  driver: Driver;
  request: Omit<NodeRequest, "builder" | "name">;
  env: Readonly<Record<string, string>>;
}

const bed = loadBed();

/** A configuration with a label that the running daemon shows, and the bed's registry in the place of docker.io. */
function configuration(registry: string): Record<string, Uint8Array> {
  const text = [
    `[worker.oci]`,
    `labels = { "tsbx.test.configured" = "yes" }`,
    `[registry."docker.io"]`,
    `mirrors = ["${registry}"]`,
    `[registry."${registry}"]`,
    `http = true`,
  ];
  return { "buildkitd.toml": Buffer.from(text.join("\n")) };
}

const env = { DOCKER_HOST: bed.docker.containerd.unix, PATH: process.env.PATH ?? "" };
const local = bed.registry.plain.host;

/** All drivers, and the docker driver with each image store and with a daemon of old. */
export const TARGETS: readonly Target[] = [
  {
    name: "docker, containerd store",
    driver: docker,
    request: { endpoint: bed.docker.containerd.unix },
    env,
  },
  { name: "docker, classic store", driver: docker, request: { endpoint: bed.docker.classic.unix }, env },
  { name: "docker 20.10", driver: docker, request: { endpoint: bed.dockerLegacy.unix }, env },
  {
    name: "docker-container",
    driver: dockerContainer,
    request: {
      endpoint: bed.docker.containerd.unix,
      options: { network: "host" },
      files: configuration(local),
    },
    env,
  },
  {
    name: "kubernetes",
    driver: kubernetes,
    request: {
      options: { kubeconfig: bed.kubernetes.kubeconfigs.builder },
      files: configuration(bed.kubernetes.registryForPods),
    },
    env,
  },
  { name: "remote", driver: remote, request: { endpoint: bed.buildkitd.unix }, env },
  {
    name: "buildkitd",
    driver: buildkitd,
    request: {
      options: { binary: bed.tools.buildkitd, runc: bed.tools.runc },
      files: configuration(local),
    },
    env,
  },
];

/** A target's node, booted, in a builder of its own. */
export interface BootedTarget {
  node: BuilderNode;
  /** Removes all that it has. */
  remove(): Promise<void>;
}

const never = new AbortController().signal;

export async function bootTarget({ driver, request, env: environment }: Target): Promise<BootedTarget> {
  const stateDir = await mkdtemp(join(tmpdir(), "tsbx-target-"));
  const builder = `t${process.pid}-${stateDir
    .slice(-6)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "x")}`;
  const context = { env: environment, stateDir };
  const node = openNode(driver, { builder, name: `${builder}0`, ...request }, context);
  const remove = async () => {
    await node.handle.remove({ keepState: false }, never);
    await node.close();
    await rm(stateDir, { recursive: true, force: true });
  };
  try {
    await node.boot();
    return { node, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
