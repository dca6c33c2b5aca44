import { existsSync, rmSync, writeFileSync } from "node:fs";
import { findCommand, run, say } from "./run.mjs";

/**
 * What each Debian package is needed for, and how to see that it is there (also on another distribution).
 * @type {Record<string, { command?: string, file?: string, use: string, unit?: string }>}
 */
const packages = {
  git: { command: "git", use: "git contexts" },
  gcc: { command: "gcc", use: "compiling runc" },
  "libc6-dev": { file: "/usr/include/stdlib.h", use: "compiling runc" },
  "libseccomp-dev": { file: "/usr/include/seccomp.h", use: "compiling runc" },
  "pkg-config": { command: "pkg-config", use: "compiling runc" },
  openssl: { command: "openssl", use: "making certificates" },
  "apache2-utils": { command: "htpasswd", use: "the registry with a password" },
  "docker-registry": { command: "docker-registry", use: "the registries", unit: "docker-registry.service" },
  "qemu-user-static": { command: "qemu-aarch64-static", use: "arm64 RUN steps" },
  "openssh-server": { command: "sshd", use: "the ssh servers", unit: "ssh.service" },
  iproute2: { command: "ip", use: "the networks of containers" },
  chromium: { command: "chromium", use: "looking at pages" },
  "fonts-dejavu-core": { file: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", use: "looking at pages" },
  "openssh-client": { command: "ssh-keygen", use: "ssh keys" },
  bash: { command: "bash", use: "completion" },
  zsh: { command: "zsh", use: "completion" },
  fish: { command: "fish", use: "completion" },
  time: { file: "/usr/bin/time", use: "benchmarks" },
  tmux: { command: "tmux", use: "terminals" },
};

const policy = "/usr/sbin/policy-rc.d";

/**
 * Installs what is missing of the named packages.
 * @param {...string} names
 */
export async function needPackages(...names) {
  const missing = names.filter((name) => !isThere(name));
  if (missing.length === 0) return;
  const list = missing.join(" ");
  const why = missing.map((name) => `${name} (${packages[name]?.use})`).join(", ");
  if (process.getuid?.() !== 0 || !findCommand("apt-get")) {
    throw new Error(
      `missing: ${why}\nas root: apt-get update && apt-get install --no-install-recommends ${list}`,
    );
  }
  say(`installing ${list}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-q"], { env });
  await withoutServices(() =>
    run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...missing], { env }),
  );
  await disableUnits(missing);
  const still = missing.filter((name) => !isThere(name));
  if (still.length > 0) throw new Error(`installed, but still not found: ${still.join(", ")}`);
}

/** @param {string} name */
function isThere(name) {
  const known = packages[name];
  if (!known) throw new Error(`unknown package ${name}`);
  return known.command ? findCommand(known.command) !== undefined : existsSync(known.file ?? "");
}

/**
 * Packages of servers start their default server when installed; policy-rc.d is Debian's way to say no.
 * @param {() => Promise<unknown>} work
 */
async function withoutServices(work) {
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await work();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

/**
 * The bed runs its own servers; those of packages it brought in must not come up at the next boot.
 * @param {string[]} installed
 */
async function disableUnits(installed) {
  if (!existsSync("/run/systemd/system")) return;
  for (const name of installed) {
    const unit = packages[name]?.unit;
    if (unit) await run("systemctl", ["disable", "--now", unit]);
  }
}
