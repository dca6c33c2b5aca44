import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type BuilderNode, openNode } from "@tsbx/core";
import type { Capabilities, Driver } from "@tsbx/core/driver";
import buildkitd from "@tsbx/driver-buildkitd";
import docker from "@tsbx/driver-docker";
import dockerContainer from "@tsbx/driver-docker-container";
import kubernetes from "@tsbx/driver-kubernetes";
import remote from "@tsbx/driver-remote";
import { loadBed } from "@tsbx/testbed";

/** Where the builder of both command lines is. */
export interface Place {
  name: string;
  /** Arguments of `create`; without them it is the docker driver's own builder. */
  create?: readonly string[];
  /** Those for the peer where it has no such driver: another one with the same BuildKit. */
  peerCreate?: readonly string[];
  node: string;
  env?: Readonly<Record<string, string>>;
}

/** A place that is all of a driver's. */
export interface DriverPlace extends Place {
  driver: Driver;
  endpoint?: string;
  /** What can be done there, as the driver declares it. */
  capabilities: Capabilities;
  /**
   * What the daemons there take from neither tool: Docker's no file names that are not UTF-8, its classic store no
   * OCI layouts as contexts.
   */
  refuses?: ReadonlyArray<"byte names" | "layouts">;
  /** The anonymous registry, as the BuildKit there reaches it. */
  openRegistry: string;
  /** The one that wants a password, where that can be reached. */
  closedRegistry?: { host: string; user: string; password: string };
}

export function remotePlace(endpoint: string): Place {
  return { name: "remote", create: ["--driver", "remote", endpoint], node: "bed0" };
}

/** A buildkitd of its own, with all that it has below a directory; the peer reaches it at its socket. */
export function buildkitdPlace(state: string, node = "bed0") {
  const { tools, registry } = loadBed();
  return {
    name: "buildkitd",
    create: [
      ...["--driver", "buildkitd", "--driver-opt", `binary=${tools.buildkitd},runc=${tools.runc}`],
      ...["--buildkitd-config", configFile(registry.plain.host)],
    ],
    peerCreate: ["--driver", "remote", `unix://${state}/tsbx/buildkitd/bed/${node}/buildkitd.sock`],
    node,
    env: { XDG_STATE_HOME: state },
  } satisfies Place;
}

/** A builder of each driver on the bed. */
export function places(): DriverPlace[] {
  const bed = loadBed();
  const dockerHost = { DOCKER_HOST: bed.docker.containerd.unix };
  const registries = { openRegistry: bed.registry.plain.host, closedRegistry: bed.registry.tlsAuth };
  const embedded = buildkitdPlace(STATE, EMBEDDED);
  return [
    {
      ...remotePlace(bed.buildkitd.unix),
      ...{ driver: remote, endpoint: bed.buildkitd.unix, capabilities: remote.capabilities },
      ...registries,
    },
    {
      name: "docker, containerd store",
      node: "default",
      env: dockerHost,
      driver: docker,
      capabilities: { ...docker.capabilities, ...docker.variants?.[0]?.capabilities },
      refuses: ["byte names"],
      ...registries,
    },
    {
      name: "docker, classic store",
      node: "default",
      env: { DOCKER_HOST: bed.docker.classic.unix },
      driver: docker,
      capabilities: docker.capabilities,
      refuses: ["byte names", "layouts"],
      ...registries,
    },
    {
      name: "docker-container",
      create: [
        ...["--driver", "docker-container", "--driver-opt", "network=host"],
        ...["--buildkitd-config", configFile(bed.registry.plain.host)],
      ],
      node: `places-${process.pid}`,
      env: dockerHost,
      driver: dockerContainer,
      capabilities: dockerContainer.capabilities,
      ...registries,
    },
    {
      name: "kubernetes",
      create: ["--driver", "kubernetes", "--buildkitd-config", configFile(bed.kubernetes.registryForPods)],
      node: `places-${process.pid}`,
      env: { KUBECONFIG: bed.kubernetes.kubeconfigs.builder },
      driver: kubernetes,
      capabilities: kubernetes.capabilities,
      openRegistry: bed.kubernetes.registryForPods,
    },
    {
      ...embedded,
      create: [...embedded.create, "--bootstrap"],
      driver: buildkitd,
      capabilities: buildkitd.capabilities,
      ...registries,
    },
  ];
}

/** Where tsbx keeps the state of its embedded daemon, for all clients of this process. */
const STATE = join(tmpdir(), `tsbx-places-${process.pid}`);
const EMBEDDED = `places-${process.pid}`;

/** The node of the builder `bed` there, without a command line. */
export function openPlace({ driver, endpoint, node, env = {} }: DriverPlace): BuilderNode {
  const stateDir = join(env.XDG_STATE_HOME ?? "/nonexistent", "tsbx", driver.name);
  return openNode(driver, { builder: "bed", name: node, endpoint }, { env, stateDir });
}

const CONFIGS = resolve(import.meta.dirname, "../../../../.cache/places");

/** A buildkitd.toml with the bed's registry in the place of docker.io, and its others trusted. */
function configFile(mirror: string): string {
  const { host, ca } = loadBed().registry.tlsAuth;
  const path = join(CONFIGS, `${mirror.replaceAll(/[^0-9.]/g, "-")}.toml`);
  const lines = [
    ...[`[registry."docker.io"]`, `mirrors = ["${mirror}"]`, `[registry."${mirror}"]`, "http = true"],
    // Loopback hosts are taken for plain HTTP unless told otherwise.
    ...[`[registry."${host}"]`, "http = false", `ca = ["${ca}"]`, ""],
  ];
  mkdirSync(CONFIGS, { recursive: true });
  writeFileSync(path, lines.join("\n"));
  return path;
}
