// Where the builds that are measured run. The builders are made by the peer, in a store that both tools use.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { startDaemon } from "./daemon.mjs";

/** @typedef {"daemon" | "five" | "container" | "cluster"} PlaceName */
/** @typedef {{ env: NodeJS.ProcessEnv, close(): void }} Place */
/** @typedef {{ bed: import("../testbed/index.mjs").Bed, work: string, endpoint: string }} Surroundings */

/** A daemon for the benchmarks alone, with the surroundings that places need. */
export async function surroundings(bed, work, debugAddress) {
  const options = { tools: bed.tools, mirror: bed.registry.plain.host, debugAddress };
  const daemon = await startDaemon(join(work, "daemon"), options);
  return { bed, work, ...daemon };
}

/**
 * @param {PlaceName} name
 * @param {Surroundings} surroundings
 * @returns {Place}
 */
export function openPlace(name, { bed, work, endpoint }) {
  const remote = ["--driver", "remote", endpoint];
  switch (name) {
    case "daemon":
      return builders([remote]);
    case "five":
      return builders(Array.from({ length: 5 }, () => remote));
    case "container": {
      const options = ["--driver-opt", "network=host", ...mirror(bed.registry.plain.host)];
      return builders([["--driver", "docker-container", ...options]], {
        DOCKER_HOST: bed.docker.containerd.unix,
      });
    }
    case "cluster":
      return builders([["--driver", "kubernetes", ...mirror(bed.kubernetes.registryForPods)]], {
        KUBECONFIG: bed.kubernetes.kubeconfigs.builder,
      });
  }

  /** @param {string[][]} all @param {NodeJS.ProcessEnv} [more] */
  function builders(all, more) {
    const env = {
      ...process.env,
      BUILDX_CONFIG: join(work, name, "config"),
      DOCKER_CONFIG: join(work, name, "docker"),
      ...more,
    };
    const names = all.map((_, index) => `tsbx-bench${index}`);
    for (const [index, args] of all.entries()) {
      const create = ["create", "--name", names[index], "--use", "--bootstrap", ...args];
      execFileSync(bed.tools.buildx, create, { env, stdio: "ignore" });
    }
    return {
      env,
      close: () => void execFileSync(bed.tools.buildx, ["rm", ...names], { env, stdio: "ignore" }),
    };
  }

  /** @param {string} registry in the place of docker.io */
  function mirror(registry) {
    const path = join(work, name, "buildkitd.toml");
    mkdirSync(join(work, name), { recursive: true });
    writeFileSync(
      path,
      `[registry."docker.io"]\nmirrors = ["${registry}"]\n[registry."${registry}"]\nhttp = true\n`,
    );
    return ["--buildkitd-config", path];
  }
}

/**
 * Removes an image from a Docker daemon, if it is there.
 * @param {string} socket `unix:///...`
 * @param {string} image
 * @returns {Promise<void>}
 */
export function removeImage(socket, image) {
  return new Promise((resolve, reject) => {
    const path = `/images/${image}?force=1`;
    const call = request(
      { socketPath: socket.slice("unix://".length), path, method: "DELETE" },
      (response) => {
        response.resume().once("end", resolve);
      },
    );
    call.once("error", reject).end();
  });
}
