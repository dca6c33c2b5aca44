/**
 * @typedef {object} DaemonOptions
 * @property {string} root
 * @property {string} socket
 * @property {number} port
 * @property {{ ca: string, cert: string, key: string }} tls
 * @property {string} runc
 * @property {string} snapshotter
 * @property {string} otelSocket
 * @property {string} mirror        the registry that stands for docker.io
 * @property {string[]} tlsRegistries
 * @property {string} registryCa
 */

/**
 * The daemon's configuration file.
 * @param {DaemonOptions} options
 */
export function buildkitdToml(options) {
  const text = JSON.stringify;
  const lines = [
    `root = ${text(options.root)}`,
    `insecure-entitlements = ["network.host", "security.insecure"]`,
    `[grpc]`,
    `address = [${text(`unix://${options.socket}`)}, ${text(`tcp://127.0.0.1:${options.port}`)}]`,
    `[grpc.tls]`,
    `cert = ${text(options.tls.cert)}`,
    `key = ${text(options.tls.key)}`,
    `ca = ${text(options.tls.ca)}`,
    // The default path is one per machine, and a second bed must run beside the first.
    `[otel]`,
    `socketPath = ${text(options.otelSocket)}`,
    `[cdi]`,
    `disabled = true`,
    `[worker.containerd]`,
    `enabled = false`,
    `[worker.oci]`,
    `enabled = true`,
    `binary = ${text(options.runc)}`,
    `snapshotter = ${text(options.snapshotter)}`,
    `gc = true`,
    `reservedSpace = "2GB"`,
    `maxUsedSpace = "20GB"`,
    `minFreeSpace = "5GB"`,
    `[registry."docker.io"]`,
    `mirrors = [${text(options.mirror)}]`,
    `[registry.${text(options.mirror)}]`,
    `http = true`,
  ];
  for (const host of options.tlsRegistries) {
    // Loopback hosts are taken for plain HTTP unless told otherwise.
    lines.push(`[registry.${text(host)}]`, `http = false`, `ca = [${text(options.registryCa)}]`);
  }
  return `${lines.join("\n")}\n`;
}
