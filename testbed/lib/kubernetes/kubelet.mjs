import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes the configuration of the kubelet.
 * @param {import("../paths.mjs").BedPaths} bed
 * @param {{ port: number, containerd: string, cgroup: string, ca: string, cert: string, key: string }} options
 */
export function writeKubeletConfig(bed, { port, containerd, cgroup, ca, cert, key }) {
  const folder = join(bed.run, "kubernetes");
  mkdirSync(join(folder, "manifests"), { recursive: true });
  const config = join(folder, "kubelet.json");
  writeFileSync(
    config,
    JSON.stringify({
      kind: "KubeletConfiguration",
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      address: "127.0.0.1",
      port,
      readOnlyPort: 0,
      healthzPort: 0,
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: ca },
      },
      authorization: { mode: "Webhook" },
      tlsCertFile: cert,
      tlsPrivateKeyFile: key,
      containerRuntimeEndpoint: `unix://${containerd}`,
      cgroupDriver: "cgroupfs",
      cgroupRoot: `/${cgroup}`,
      failCgroupV1: false,
      failSwapOn: false,
      oomScoreAdj: 0,
      makeIPTablesUtilChains: false,
      serializeImagePulls: false,
      // What fills the machine's disk is not the pods' fault.
      imageGCHighThresholdPercent: 100,
      evictionHard: {
        "memory.available": "50Mi",
        "nodefs.available": "0%",
        "nodefs.inodesFree": "0%",
        "imagefs.available": "0%",
      },
      nodeStatusUpdateFrequency: "2s",
      syncFrequency: "10s",
      podLogsDir: join(bed.log, "pods"),
    }),
  );
  return config;
}
