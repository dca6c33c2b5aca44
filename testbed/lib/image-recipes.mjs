import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, linkSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { arch } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBusybox } from "./busybox.mjs";
import { busyboxRoot } from "./busybox-root.mjs";
import { ensureRootless, placeRootless } from "./rootless.mjs";

/**
 * @typedef {object} Recipe
 * @property {string[]} tags
 * @property {string[]} platforms
 * @property {string} dockerfile
 * @property {string} hash          of everything that goes in
 * @property {(folder: string) => Promise<void>} fill  puts the build context into an empty folder
 */

const here = `linux/${arch() === "x64" ? "amd64" : arch()}`;

const busyboxDockerfile = `FROM scratch
ARG TARGETARCH
COPY \${TARGETARCH}/ /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["sh"]
`;

// The labels of the published image: without them clients fall back to older ways of calling the frontend.
const frontendDockerfile = `FROM scratch
COPY dockerfile-frontend /bin/dockerfile-frontend
LABEL moby.buildkit.frontend.network.none="true"
LABEL moby.buildkit.frontend.caps="moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts"
ENTRYPOINT ["/bin/dockerfile-frontend"]
`;

const buildkitDockerfile = `FROM busybox
COPY --chmod=755 . /usr/bin/
VOLUME /var/lib/buildkit
ENTRYPOINT ["buildkitd"]
`;

// As the published image: a user of its own. Debian's newuidmap would need more capabilities than a container has
// if it were root for it; with one of its own it stays who it is.
const rootlessDockerfile = `FROM busybox
COPY system/ /
COPY --chmod=755 daemon/ /usr/bin/
RUN echo user:x:1000:1000::/home/user:/bin/sh >> /etc/passwd && echo user:x:1000: >> /etc/group && \\
  echo user:100000:65536 | tee /etc/subuid > /etc/subgid && \\
  mkdir -p /run/user/1000 /home/user/.local/tmp /home/user/.local/share/buildkit && \\
  chown -R user:user /run/user/1000 /home/user && \\
  chmod u-s /usr/bin/newuidmap /usr/bin/newgidmap && \\
  setcap cap_setuid=ep /usr/bin/newuidmap && setcap cap_setgid=ep /usr/bin/newgidmap
USER 1000:1000
ENV HOME=/home/user USER=user XDG_RUNTIME_DIR=/run/user/1000 TMPDIR=/home/user/.local/tmp
ENV BUILDKIT_HOST=unix:///run/user/1000/buildkit/buildkitd.sock
VOLUME /home/user/.local/share/buildkit
ENTRYPOINT ["rootlesskit", "buildkitd"]
`;

// It holds the namespaces of a pod.
const pauseDockerfile = `FROM busybox
ENTRYPOINT ["sleep", "2147483647"]
`;

// In the place of the scanner that BuildKit takes by default.
const scannerDockerfile = `FROM busybox
COPY --chmod=755 sbom-scanner.sh /
ENTRYPOINT ["/sbom-scanner.sh"]
`;

/**
 * The images of the bed, each after those it is built from.
 * @param {import("../index.mjs").Bed["tools"]} tools
 * @returns {Promise<Recipe[]>}
 */
export async function imageRecipes(tools) {
  const busybox = await ensureBusybox();
  const layout = readFileSync(new URL("./busybox-root.mjs", import.meta.url), "utf8");
  const base = fingerprint([layout, busyboxDockerfile, ...identity([busybox.amd64, busybox.arm64])]);
  const frontend = { "dockerfile-frontend": tools.dockerfileFrontend };
  const labs = { "dockerfile-frontend": tools.dockerfileFrontendLabs };
  const daemon = { buildkitd: tools.buildkitd, buildctl: tools.buildctl, "buildkit-runc": tools.runc };
  const rootless = await ensureRootless();
  const rootlessLayout = readFileSync(new URL("./rootless.mjs", import.meta.url), "utf8");
  const scanner = fileURLToPath(new URL("./sbom-scanner.sh", import.meta.url));
  return [
    {
      tags: ["library/busybox:latest", "library/alpine:latest"],
      platforms: ["linux/amd64", "linux/arm64"],
      dockerfile: busyboxDockerfile,
      hash: base,
      fill: (folder) => busyboxRoot(folder, busybox),
    },
    {
      tags: ["docker/dockerfile:1", "docker/dockerfile:latest"],
      platforms: [here],
      dockerfile: frontendDockerfile,
      hash: fingerprint([frontendDockerfile, ...identity(Object.values(frontend))]),
      fill: (folder) => place(folder, frontend),
    },
    {
      tags: ["docker/dockerfile:1-labs", "docker/dockerfile:labs"],
      platforms: [here],
      dockerfile: frontendDockerfile,
      hash: fingerprint([frontendDockerfile, ...identity(Object.values(labs))]),
      fill: (folder) => place(folder, labs),
    },
    {
      tags: ["moby/buildkit:buildx-stable-1"],
      platforms: [here],
      dockerfile: buildkitDockerfile,
      hash: fingerprint([base, buildkitDockerfile, ...identity(Object.values(daemon))]),
      fill: (folder) => place(folder, daemon),
    },
    {
      tags: ["moby/buildkit:buildx-stable-1-rootless"],
      platforms: [here],
      dockerfile: rootlessDockerfile,
      hash: fingerprint([
        ...[base, rootlessDockerfile, rootlessLayout],
        ...identity([...Object.values(daemon), ...rootless]),
      ]),
      fill: async (folder) => {
        for (const sub of ["daemon", "system"]) mkdirSync(join(folder, sub));
        await place(join(folder, "daemon"), daemon);
        placeRootless(join(folder, "system"), rootless);
      },
    },
    {
      tags: ["kubernetes/pause:1"],
      platforms: [here],
      dockerfile: pauseDockerfile,
      hash: fingerprint([base, pauseDockerfile]),
      fill: async () => {},
    },
    {
      tags: ["docker/buildkit-syft-scanner:stable-1"],
      platforms: [here],
      dockerfile: scannerDockerfile,
      hash: fingerprint([base, scannerDockerfile, readFileSync(scanner, "utf8")]),
      fill: async (folder) => copyFileSync(scanner, join(folder, basename(scanner))),
    },
  ];
}

/** @param {string[]} texts */
function fingerprint(texts) {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex");
}

/**
 * Cached binaries never change in place, so reading 100 MB of them on each `up` would tell nothing more.
 * @param {string[]} files
 */
function identity(files) {
  return files.map((file) => `${file} ${statSync(file).size} ${statSync(file).mtimeMs}`);
}

/**
 * @param {string} folder
 * @param {Record<string, string>} files
 */
async function place(folder, files) {
  for (const [name, file] of Object.entries(files)) {
    const target = join(folder, basename(name));
    try {
      linkSync(file, target);
    } catch {
      copyFileSync(file, target);
    }
    chmodSync(target, 0o755);
  }
}
