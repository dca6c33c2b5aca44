import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureCerts } from "../lib/certs.mjs";
import { extractPackages } from "../lib/debian.mjs";
import { certFolder, cleanDocker, startDocker } from "../lib/docker-daemon.mjs";
import { accepts, choosePort } from "../lib/ports.mjs";
import { ensureTools } from "../lib/tools.mjs";

const containerdStore = { name: "docker", purpose: "dock" };
const classicStore = { name: "docker-classic", purpose: "docl" };

/**
 * A folder with the description of a device that goes for a GPU: who gets it has one variable more, nothing else.
 * @param {string} folder
 */
function deviceFolder(folder) {
  const device = { name: "all", containerEdits: { env: ["TSBX_BED_GPU=all"] } };
  const specification = { cdiVersion: "0.6.0", kind: "amd.com/gpu", devices: [device] };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "gpu.json"), JSON.stringify(specification));
  return folder;
}

/** @type {import("../lib/parts.mjs").Part} */
export const docker = {
  name: "docker",
  section: "docker",
  needs: ["tools", "registry"],
  servers: [containerdStore.name, classicStore.name],
  async up(bed, sections) {
    if (process.getuid?.() !== 0)
      throw new Error("the docker part needs root: it mounts and starts containers");
    const tools = await ensureTools(["dockerd", "containerd", "containerd-shim-runc-v2", "runc"]);
    const { tini } = await extractPackages("tini", ["tini"]);
    const programs = { ...tools, "docker-init": join(String(tini), "usr/bin/tini-static") };
    const certs = await ensureCerts(bed);
    const port = await choosePort(bed, "docker", containerdStore.name);
    const mirror = sections.registry.plain.host;
    const containerd = await startDocker(bed, mirror, {
      ...containerdStore,
      programs,
      settings: {
        features: { "containerd-snapshotter": true },
        hosts: [`tcp://127.0.0.1:${port}`],
        tlsverify: true,
        tlscacert: certs.ca,
        tlscert: certs.serverCert,
        tlskey: certs.serverKey,
      },
    });
    if (!(await accepts(port))) throw new Error(`docker does not listen on port ${port}`);
    const classic = await startDocker(bed, mirror, {
      ...classicStore,
      programs,
      settings: {
        features: { "containerd-snapshotter": false },
        "cdi-spec-dirs": [deviceFolder(join(bed.data, "devices"))],
      },
    });
    const { wrongCert, wrongKey } = certs;
    return {
      docker: {
        containerd: {
          ...containerd,
          tcp: `tcp://127.0.0.1:${port}`,
          certPath: certFolder(join(bed.certs, "docker"), certs),
          wrongCertPath: certFolder(join(bed.certs, "docker-wrong"), {
            ca: certs.ca,
            cert: wrongCert,
            key: wrongKey,
          }),
        },
        classic,
      },
    };
  },
  async down(bed) {
    if (process.getuid?.() !== 0) return;
    await cleanDocker(bed, containerdStore);
    await cleanDocker(bed, classicStore);
  },
};
