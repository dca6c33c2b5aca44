import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bridgeOf, makeBridge, removeBridge } from "../lib/bridge.mjs";
import { ensureCerts } from "../lib/certs.mjs";
import { extractPackages } from "../lib/debian.mjs";
import { httpStatus } from "../lib/http.mjs";
import { ask } from "../lib/kubernetes/api.mjs";
import { makeCgroup, removeCgroup } from "../lib/kubernetes/cgroups.mjs";
import { writeContainerdConfig } from "../lib/kubernetes/containerd.mjs";
import { writeKubeconfig } from "../lib/kubernetes/kubeconfig.mjs";
import { writeKubeletConfig } from "../lib/kubernetes/kubelet.mjs";
import { accountToken, ensureObjects, namespace, settleNode } from "../lib/kubernetes/objects.mjs";
import { unmountBelow } from "../lib/mounts.mjs";
import { shortHash, sources } from "../lib/paths.mjs";
import { accepts, choosePort } from "../lib/ports.mjs";
import { poll, systemPath } from "../lib/run.mjs";
import { startServer } from "../lib/server.mjs";
import { killContainers } from "../lib/shims.mjs";
import { ensureTools } from "../lib/tools.mjs";

/** @typedef {import("../lib/paths.mjs").BedPaths} BedPaths */

const nodeName = "bed";
const nodeSeconds = 60;

/** @type {import("../lib/parts.mjs").Part} */
export const kubernetes = {
  name: "kubernetes",
  section: "kubernetes",
  needs: ["tools", "registry", "images"],
  servers: [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-containerd",
    "kubelet",
    "kube-registry",
  ],
  async up(bed, sections) {
    if (process.getuid?.() !== 0)
      throw new Error("the kubernetes part needs root: it mounts and starts containers");
    const mirror = sections.registry.plain.host;
    const certs = await ensureCerts(bed);
    for (const folder of ["run", "data"]) mkdirSync(join(bed[folder], "kubernetes"), { recursive: true });
    const etcd = await startEtcd(bed);
    const { server, pid } = await startApiserver(bed, etcd, certs);
    const api = { server, ca: certs.ca, cert: certs.adminCert, key: certs.adminKey };
    const admin = kubeconfig(bed, "admin", api, userOf(certs.adminCert, certs.adminKey));
    await startControllers(bed, api, certs);
    const registryForPods = await serveRegistry(bed, mirror);
    await ensureObjects(api);
    await startNode(bed, api, certs, mirror);
    const settled = await poll(() => settleNode(api, nodeName), nodeSeconds, 200);
    if (!settled) throw new Error(`the node is not ready after ${nodeSeconds} s; see ${bed.log}/kubelet.log`);
    const withToken = async (/** @type {string} */ account) =>
      kubeconfig(bed, account, api, { token: await accountToken(api, account) }, namespace);
    return {
      kubernetes: {
        server,
        kubeconfig: admin,
        namespace,
        kubeconfigs: { builder: await withToken("builder"), denied: await withToken("denied") },
        registryForPods,
        pid,
      },
    };
  },
  async down(bed) {
    if (process.getuid?.() !== 0) return;
    await killContainers(containerdSocket(bed));
    await unmountBelow(join(bed.run, "kubernetes"));
    await unmountBelow(join(bed.data, "kubernetes"));
    removeCgroup(cgroupOf(bed));
    await removeBridge(bridgeOf(bed, "kube"));
    rmSync(containerdSocket(bed), { force: true });
    rmSync(`${containerdSocket(bed)}.ttrpc`, { force: true });
  },
};

/** @typedef {Awaited<ReturnType<typeof ensureCerts>>} Certs */
/** @typedef {import("../lib/kubernetes/api.mjs").Api} Api */

/** @param {BedPaths} bed */
async function startEtcd(bed) {
  const { "etcd-server": folder } = await extractPackages("kubernetes", ["etcd-server"]);
  const port = await choosePort(bed, "etcd", "etcd");
  const peer = await choosePort(bed, "etcd-peer", "etcd");
  const url = `http://127.0.0.1:${port}`;
  await startServer(bed, {
    name: "etcd",
    command: join(String(folder), "usr/bin/etcd"),
    args: [
      ...["--data-dir", join(bed.data, "kubernetes/etcd"), "--unsafe-no-fsync"],
      ...["--listen-client-urls", url, "--advertise-client-urls", url],
      ...["--listen-peer-urls", `http://127.0.0.1:${peer}`],
    ],
    ready: async () => (await httpStatus(`${url}/health`)) === 200,
  });
  return url;
}

/**
 * @param {BedPaths} bed
 * @param {string} etcd
 * @param {Certs} certs
 */
async function startApiserver(bed, etcd, certs) {
  const { "kube-apiserver": command } = await ensureTools(["kube-apiserver"]);
  const port = await choosePort(bed, "kube-apiserver", "kube-apiserver");
  const server = `https://127.0.0.1:${port}`;
  const api = { server, ca: certs.ca, cert: certs.adminCert, key: certs.adminKey };
  const { pid } = await startServer(bed, {
    name: "kube-apiserver",
    command,
    args: [
      ...[`--etcd-servers=${etcd}`, "--bind-address=127.0.0.1", `--secure-port=${port}`],
      // Nobody asks for it, and it refuses to be a loopback address.
      ...[`--advertise-address=${bridgeOf(bed, "kube").gateway}`, "--endpoint-reconciler-type=none"],
      ...[`--tls-cert-file=${certs.serverCert}`, `--tls-private-key-file=${certs.serverKey}`],
      ...[`--client-ca-file=${certs.ca}`, `--kubelet-certificate-authority=${certs.ca}`],
      ...[`--kubelet-client-certificate=${certs.adminCert}`, `--kubelet-client-key=${certs.adminKey}`],
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${certs.tokenCert}`,
      `--service-account-signing-key-file=${certs.tokenKey}`,
      "--service-cluster-ip-range=10.191.0.0/24",
      ...["--authorization-mode=Node,RBAC", "--allow-privileged=true", "--profiling=false"],
    ],
    files: [certs.serverCert, certs.ca, certs.adminCert],
    ready: async () => {
      const answer = await ask(api, "GET", "/readyz").catch(() => undefined);
      return answer?.status === 200;
    },
  });
  return { server, pid };
}

/**
 * @param {BedPaths} bed
 * @param {Api} api
 * @param {Certs} certs
 */
async function startControllers(bed, api, certs) {
  const tools = await ensureTools(["kube-controller-manager", "kube-scheduler"]);
  const start = async (
    /** @type {"kube-controller-manager" | "kube-scheduler"} */ name,
    /** @type {Record<string, string>} */ user,
    /** @type {string[]} */ args,
  ) => {
    const port = await choosePort(bed, name, name);
    const config = kubeconfig(bed, name, api, user);
    await startServer(bed, {
      name,
      command: tools[name],
      args: [
        ...[`--kubeconfig=${config}`, "--bind-address=127.0.0.1", `--secure-port=${port}`],
        ...[`--tls-cert-file=${certs.serverCert}`, `--tls-private-key-file=${certs.serverKey}`],
        ...["--leader-elect=false", "--profiling=false", ...args],
      ],
      files: [config, certs.serverCert],
      ready: async () => (await httpStatus(`https://127.0.0.1:${port}/healthz`, { ca: certs.ca })) === 200,
    });
  };
  await Promise.all([
    start("kube-controller-manager", userOf(certs.managerCert, certs.managerKey), [
      `--root-ca-file=${certs.ca}`,
      `--service-account-private-key-file=${certs.tokenKey}`,
      "--use-service-account-credentials=true",
      "--enable-hostpath-provisioner=true",
      // A node that dies is noticed within seconds.
      "--node-monitor-grace-period=20s",
    ]),
    start("kube-scheduler", userOf(certs.schedulerCert, certs.schedulerKey), []),
  ]);
}

/**
 * The node: containerd with a network, and the kubelet.
 * @param {BedPaths} bed
 * @param {Api} api
 * @param {Certs} certs
 * @param {string} mirror
 */
async function startNode(bed, api, certs, mirror) {
  const tools = await ensureTools(["containerd", "containerd-shim-runc-v2", "runc", "kubelet"]);
  const { "containernetworking-plugins": plugins } = await extractPackages("kubernetes", [
    "containernetworking-plugins",
  ]);
  const socket = containerdSocket(bed);
  const config = writeContainerdConfig(bed, {
    socket,
    runc: tools.runc,
    cni: join(String(plugins), "usr/lib/cni"),
    mirror,
    bridge: bridgeOf(bed, "kube"),
  });
  await startServer(bed, {
    name: "kube-containerd",
    command: tools.containerd,
    args: ["--config", config],
    files: [config],
    env: { PATH: `${join(tools["containerd-shim-runc-v2"], "..")}:${systemPath}` },
    ready: () => accepts(socket),
  });
  makeCgroup(cgroupOf(bed));
  const kubelet = writeKubeletConfig(bed, {
    port: await choosePort(bed, "kubelet", "kubelet"),
    containerd: socket,
    cgroup: cgroupOf(bed),
    ca: certs.ca,
    cert: certs.serverCert,
    key: certs.serverKey,
  });
  const user = kubeconfig(bed, "kubelet", api, userOf(certs.kubeletCert, certs.kubeletKey));
  await startServer(bed, {
    name: "kubelet",
    command: tools.kubelet,
    args: [
      ...[`--config=${kubelet}`, `--kubeconfig=${user}`, `--hostname-override=${nodeName}`],
      `--root-dir=${join(bed.data, "kubernetes/kubelet")}`,
      // Refuses a loopback address of its own, but leaves addresses alone that a cloud gives it.
      "--cloud-provider=external",
    ],
    files: [kubelet, user],
    ready: async () => (await ask(api, "GET", `/api/v1/nodes/${nodeName}`)).status === 200,
  });
}

/**
 * Serves the anonymous registry to pods.
 * @param {BedPaths} bed
 * @param {string} mirror
 */
async function serveRegistry(bed, mirror) {
  const bridge = bridgeOf(bed, "kube");
  await makeBridge(bridge);
  const [, port = ""] = mirror.split(":");
  const script = join(sources, "servers/forward.mjs");
  await startServer(bed, {
    name: "kube-registry",
    command: process.execPath,
    args: [script, bridge.gateway, port, port],
    files: [script],
    ready: async () => (await httpStatus(`http://${bridge.gateway}:${port}/v2/`)) === 200,
  });
  return `${bridge.gateway}:${port}`;
}

/**
 * @param {BedPaths} bed
 * @param {string} name
 * @param {Api} api
 * @param {Record<string, string>} user
 * @param {string} [space]
 */
function kubeconfig(bed, name, { server, ca }, user, space) {
  const path = join(bed.run, "kubernetes", `${name}.kubeconfig`);
  return writeKubeconfig(path, { server, ca, user, ...(space && { namespace: space }) });
}

/**
 * @param {string} cert
 * @param {string} key
 */
function userOf(cert, key) {
  return { "client-certificate": cert, "client-key": key };
}

/** @param {BedPaths} bed */
function containerdSocket(bed) {
  return join(bed.sockets, "kube-containerd.sock");
}

/** @param {BedPaths} bed */
function cgroupOf(bed) {
  return `tsbx-bed-${shortHash(bed.root)}`;
}
