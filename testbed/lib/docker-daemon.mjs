import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { bridgeOf, makeBridge, removeBridge } from "./bridge.mjs";
import { unmountBelow } from "./mounts.mjs";
import { systemPath } from "./run.mjs";
import { startServer } from "./server.mjs";
import { killContainers } from "./shims.mjs";

/** @typedef {import("./paths.mjs").BedPaths} BedPaths */

/**
 * @typedef {object} DockerDaemon
 * @property {string} name        of the server, too
 * @property {string} purpose     in the name of its bridge
 * @property {Record<string, string>} programs  what it looks for on its PATH, by name, and `dockerd` itself
 * @property {Record<string, string>} [env]
 * @property {Record<string, unknown>} settings  of daemon.json, besides those that keep it inside of the bed
 */

/**
 * @param {BedPaths} bed
 * @param {string} mirror   host of the registry that stands for docker.io
 * @param {DockerDaemon} daemon
 */
export async function startDocker(bed, mirror, daemon) {
  const { name, programs, env, settings } = daemon;
  const bridge = bridgeOf(bed, daemon.purpose);
  await makeBridge(bridge);
  const run = join(bed.run, name);
  const path = linkPrograms(join(run, "bin"), programs);
  const socket = join(bed.sockets, `${name}.sock`);
  const { hosts = [], ...others } = settings;
  const config = join(run, "daemon.json");
  writeFileSync(
    config,
    JSON.stringify({
      hosts: [`unix://${socket}`, .../** @type {string[]} */ (hosts)],
      "data-root": join(bed.data, name),
      "exec-root": join(run, "exec"),
      pidfile: join(run, "docker.pid"),
      bridge: bridge.name,
      "registry-mirrors": [`http://${mirror}`],
      "insecure-registries": [mirror],
      // The machine's packet filter is not the bed's to change.
      iptables: false,
      ip6tables: false,
      "userland-proxy": false,
      "init-path": join(path, "docker-init"),
      ...others,
    }),
  );
  const { pid, log } = await startServer(bed, {
    name,
    command: join(path, "dockerd"),
    args: ["--config-file", config],
    files: [
      config,
      .../** @type {string[]} */ (["tlscacert", "tlscert"].map((name) => others[name]).filter(Boolean)),
    ],
    env: { ...env, PATH: `${path}:${systemPath}` },
    ready: () => answers(socket),
  });
  return { unix: `unix://${socket}`, gateway: bridge.gateway, root: join(bed.data, name), pid, log };
}

/**
 * What is left of a daemon that has ended: its containers, mounts and bridge.
 * @param {BedPaths} bed
 * @param {Pick<DockerDaemon, "name" | "purpose">} daemon
 */
export async function cleanDocker(bed, { name, purpose }) {
  await killContainers(join(bed.run, name, "exec/containerd/containerd.sock"));
  await unmountBelow(join(bed.run, name));
  await unmountBelow(join(bed.data, name));
  await removeBridge(bridgeOf(bed, purpose));
  rmSync(join(bed.sockets, `${name}.sock`), { force: true });
}

/**
 * The files by the names that clients look for in `DOCKER_CERT_PATH`.
 * @param {string} folder
 * @param {{ ca: string, cert: string, key: string }} certs
 */
export function certFolder(folder, { ca, cert, key }) {
  mkdirSync(folder, { recursive: true });
  copyFileSync(ca, join(folder, "ca.pem"));
  copyFileSync(cert, join(folder, "cert.pem"));
  copyFileSync(key, join(folder, "key.pem"));
  return folder;
}

/**
 * @param {string} folder
 * @param {Record<string, string>} programs
 */
function linkPrograms(folder, programs) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, path] of Object.entries(programs)) symlinkSync(path, join(folder, name));
  return folder;
}

/**
 * @param {string} socket
 * @returns {Promise<boolean>}
 */
function answers(socket) {
  return new Promise((resolve) => {
    const asked = request({ socketPath: socket, path: "/_ping", agent: false, timeout: 2000 });
    asked.on("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(false));
    asked.end();
  });
}
