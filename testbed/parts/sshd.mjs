import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { needPackages } from "../lib/apt.mjs";
import { dockerPackages } from "../lib/docker-packages.mjs";
import { choosePort } from "../lib/ports.mjs";
import { findCommand } from "../lib/run.mjs";
import { startServer } from "../lib/server.mjs";
import { greets } from "../lib/ssh-greeting.mjs";
import { ensureSshKeys, passphrase, writeKnownHosts } from "../lib/ssh-keys.mjs";
import { sshdConfig } from "../lib/sshd-config.mjs";

/** @typedef {import("../lib/paths.mjs").BedPaths} BedPaths */

/** @type {import("../lib/parts.mjs").Part} */
export const sshd = {
  name: "sshd",
  section: "ssh",
  needs: ["tools", "registry", "buildkitd"],
  servers: ["sshd", "sshd-noforward"],
  async up(bed, sections) {
    if (process.getuid?.() !== 0)
      throw new Error("the sshd part needs root: the login user owns the daemon's socket");
    await needPackages("openssh-server", "openssh-client");
    // Where sshd locks itself in before login; Debian leaves making it to the service that the bed does not use.
    mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    const keys = await ensureSshKeys(bed);
    const socketPath = sections.buildkitd.unix.replace("unix://", "");
    const docker = (await dockerPackages())("docker.io", "usr/bin/docker");
    const env = {
      PATH: `${sessionBin(bed, sections.tools.buildctl, docker)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      BUILDKIT_HOST: sections.buildkitd.unix,
    };
    const common = { hostKey: keys.host, authorizedKeys: keys.authorized, pam: isLocked(), env };
    const port = await serve(bed, "sshd", { ...common, forwarding: true });
    const noForwardPort = await serve(bed, "sshd-noforward", { ...common, forwarding: false });
    const ports = [port, noForwardPort];
    return {
      ssh: {
        host: "127.0.0.1",
        port,
        noForwardPort,
        user: userInfo().username,
        key: keys.plain,
        passphraseKey: keys.withPassphrase,
        passphrase,
        unauthorizedKey: keys.unauthorized,
        knownHosts: writeKnownHosts(bed, "known_hosts", keys.host, ports),
        wrongKnownHosts: writeKnownHosts(bed, "wrong_known_hosts", keys.otherHost, ports),
        socketPath,
        docker,
      },
    };
  },
  async down() {},
};

/**
 * @param {BedPaths} bed
 * @param {string} name
 * @param {Omit<import("../lib/sshd-config.mjs").SshdOptions, "port" | "pidFile">} options
 */
async function serve(bed, name, options) {
  const port = await choosePort(bed, name, name);
  const config = join(bed.run, `${name}.config`);
  writeFileSync(config, sshdConfig({ ...options, port, pidFile: "none" }));
  await startServer(bed, {
    name,
    // sshd starts itself anew for each connection and insists on its absolute path.
    command: /** @type {string} */ (findCommand("sshd")),
    args: ["-D", "-e", "-f", config],
    files: [config, options.hostKey],
    ready: () => greets(port),
  });
  return port;
}

/**
 * A folder with just `buildctl` and `docker`, so that sessions find them without the rest of the cache.
 * @param {BedPaths} bed
 * @param {string} buildctl
 * @param {string} docker
 */
function sessionBin(bed, buildctl, docker) {
  const folder = join(bed.data, "session-bin");
  mkdirSync(folder, { recursive: true });
  for (const name of ["buildctl", "docker"]) rmSync(join(folder, name), { force: true });
  symlinkSync(buildctl, join(folder, "buildctl"));
  // Its daemon is that of the docker part, unless another is asked for.
  const daemon = `unix://${join(bed.sockets, "docker.sock")}`;
  const script = `#!/bin/sh\nexport DOCKER_HOST="\${DOCKER_HOST:-${daemon}}"\nexec '${docker}' "$@"\n`;
  writeFileSync(join(folder, "docker"), script, { mode: 0o755 });
  return folder;
}

/** Without PAM sshd refuses an account whose password is locked, even for keys. */
function isLocked() {
  const line = readFileSync("/etc/shadow", "utf8")
    .split("\n")
    .find((each) => each.startsWith(`${userInfo().username}:`));
  return (line?.split(":")[1] ?? "").startsWith("!");
}
