import { cleanDocker, startDocker } from "../lib/docker-daemon.mjs";
import { dockerPackages } from "../lib/docker-packages.mjs";

const legacy = { name: "docker-legacy", purpose: "dole" };

/** @type {import("../lib/parts.mjs").Part} */
export const dockerLegacy = {
  name: "docker-legacy",
  section: "dockerLegacy",
  needs: ["registry"],
  servers: [legacy.name],
  async up(bed, sections) {
    if (process.getuid?.() !== 0)
      throw new Error("the docker-legacy part needs root: it mounts and starts containers");
    const file = await dockerPackages();
    const library = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
    const daemon = await startDocker(bed, sections.registry.plain.host, {
      ...legacy,
      programs: {
        dockerd: file("docker.io", "usr/sbin/dockerd"),
        containerd: file("containerd", "usr/bin/containerd"),
        "containerd-shim-runc-v2": file("containerd", "usr/bin/containerd-shim-runc-v2"),
        runc: file("runc", "usr/sbin/runc"),
        "docker-init": file("tini", "usr/bin/tini-static"),
      },
      env: { LD_LIBRARY_PATH: file("libdevmapper1.02.1", `lib/${library}`) },
      settings: { "storage-driver": "overlay2", features: { buildkit: true } },
    });
    return { dockerLegacy: daemon };
  },
  async down(bed) {
    if (process.getuid?.() !== 0) return;
    await cleanDocker(bed, legacy);
  },
};
