import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {import("../paths.mjs").BedPaths} BedPaths */

/**
 * Writes the configuration of the containerd under the kubelet, and of its network.
 * @param {BedPaths} bed
 * @param {{ socket: string, runc: string, cni: string, mirror: string, bridge: { name: string, subnet: string } }} options
 *   `cni` is the folder of the network plugins
 */
export function writeContainerdConfig(bed, { socket, runc, cni, mirror, bridge }) {
  const run = join(bed.run, "kubernetes");
  const data = join(bed.data, "kubernetes");
  const text = JSON.stringify;
  const hosts = join(run, "hosts");
  rmSync(hosts, { recursive: true, force: true });
  for (const host of ["docker.io", mirror]) {
    mkdirSync(join(hosts, host), { recursive: true });
    const entry = `[host.${text(`http://${mirror}`)}]\n  capabilities = ["pull", "resolve"]\n`;
    writeFileSync(join(hosts, host, "hosts.toml"), `server = ${text(`http://${mirror}`)}\n${entry}`);
  }
  const networks = join(run, "net.d");
  mkdirSync(networks, { recursive: true });
  const network = {
    cniVersion: "1.0.0",
    name: "bed",
    plugins: [
      {
        type: "bridge",
        bridge: bridge.name,
        isGateway: true,
        ipMasq: false,
        ipam: {
          type: "host-local",
          ranges: [[{ subnet: bridge.subnet }]],
          routes: [{ dst: "0.0.0.0/0" }],
          dataDir: join(data, "addresses"),
        },
      },
    ],
  };
  writeFileSync(join(networks, "bed.conflist"), JSON.stringify(network));
  const config = join(run, "containerd.toml");
  const plugin = (/** @type {string} */ name) => `plugins.'io.containerd.${name}'`;
  writeFileSync(
    config,
    `version = 3
root = ${text(join(data, "containerd"))}
state = ${text(join(run, "containerd"))}
[grpc]
  address = ${text(socket)}
[ttrpc]
  address = ${text(`${socket}.ttrpc`)}
[${plugin("internal.v1.opt")}]
  path = ${text(join(data, "containerd-opt"))}
[${plugin("nri.v1.nri")}]
  disable = true
[${plugin("cri.v1.images")}]
  snapshotter = "overlayfs"
[${plugin("cri.v1.images")}.pinned_images]
  sandbox = ${text(`${mirror}/kubernetes/pause:1`)}
[${plugin("cri.v1.images")}.registry]
  config_path = ${text(hosts)}
[${plugin("cri.v1.runtime")}]
  # A lower score than its own is refused to root without CAP_SYS_RESOURCE.
  restrict_oom_score_adj = true
[${plugin("cri.v1.runtime")}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[${plugin("cri.v1.runtime")}.containerd.runtimes.runc.options]
  BinaryName = ${text(runc)}
[${plugin("cri.v1.runtime")}.cni]
  bin_dirs = [${text(cni)}]
  conf_dir = ${text(networks)}
`,
  );
  return config;
}
