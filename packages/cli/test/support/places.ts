import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadBed } from "@tsbx/testbed";

/** Where the builder of both command lines is. */
export interface Place {
  name: string;
  /** Arguments of `create`; without them it is the docker driver's own builder. */
  create?: readonly string[];
  node: string;
  env?: Readonly<Record<string, string>>;
  /**
   * What cannot be done there: by its driver's capabilities, OCI archives and several platforms; and with either
   * tool Docker's daemons refuse file names that are not UTF-8, their classic store OCI layouts as contexts.
   */
  lacks?: ReadonlyArray<"oci" | "platforms" | "byte names" | "layouts">;
}

export function remotePlace(endpoint: string): Place {
  return { name: "remote", create: ["--driver", "remote", endpoint], node: "bed0" };
}

/** A builder of each driver on the bed. */
export function places(): Place[] {
  const { buildkitd, docker, kubernetes, registry } = loadBed();
  const dockerHost = { DOCKER_HOST: docker.containerd.unix };
  return [
    remotePlace(buildkitd.unix),
    { name: "docker, containerd store", node: "default", env: dockerHost, lacks: ["byte names"] },
    {
      name: "docker, classic store",
      node: "default",
      env: { DOCKER_HOST: docker.classic.unix },
      lacks: ["oci", "platforms", "byte names", "layouts"],
    },
    {
      name: "docker-container",
      create: [
        ...["--driver", "docker-container", "--driver-opt", "network=host"],
        ...["--buildkitd-config", configFile(registry.plain.host)],
      ],
      node: `places-${process.pid}`,
      env: dockerHost,
    },
    {
      name: "kubernetes",
      create: ["--driver", "kubernetes", "--buildkitd-config", configFile(kubernetes.registryForPods)],
      node: `places-${process.pid}`,
      env: { KUBECONFIG: kubernetes.kubeconfigs.builder },
    },
  ];
}

const CONFIGS = resolve(import.meta.dirname, "../../../../.cache/places");

/** A buildkitd.toml with the bed's registry in the place of docker.io. */
function configFile(registry: string): string {
  const path = join(CONFIGS, `${registry.replaceAll(/[^0-9.]/g, "-")}.toml`);
  const mirror = `[registry."docker.io"]\nmirrors = ["${registry}"]\n[registry."${registry}"]\nhttp = true\n`;
  mkdirSync(CONFIGS, { recursive: true });
  writeFileSync(path, mirror);
  return path;
}
