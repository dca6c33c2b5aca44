import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./paths.mjs";
import { findCommand, run, say } from "./run.mjs";

const architectures = /** @type {const} */ (["amd64", "arm64"]);

/**
 * Debian's static busybox for both architectures, extracted into the cache and never installed.
 * @returns {Promise<{ amd64: string, arm64: string }>}
 */
export async function ensureBusybox() {
  const folder = join(cacheFolder(), "busybox");
  if (!existsSync(folder)) await download(folder);
  return { amd64: join(folder, "amd64"), arm64: join(folder, "arm64") };
}

/** @param {string} folder */
async function download(folder) {
  if (!findCommand("apt-get") || !findCommand("dpkg-deb")) {
    throw new Error(
      `base images are made of Debian's busybox-static: apt-get is missing, so put static busybox binaries at ${folder}/amd64 and ${folder}/arm64`,
    );
  }
  say("fetching busybox-static for amd64 and arm64");
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), "busybox-"));
  try {
    // Package lists of our own: the machine's dpkg never hears of the second architecture.
    for (const sub of ["lists/partial", "archives/partial", "out"])
      mkdirSync(join(work, sub), { recursive: true });
    const apt = ["-q", "-o", `Dir::State::Lists=${work}/lists`, "-o", `Dir::Cache=${work}`];
    apt.push("-o", "Acquire::Languages=none", "-o", "APT::Sandbox::User=");
    for (const architecture of architectures) apt.push("-o", `APT::Architectures::=${architecture}`);
    await run("apt-get", [...apt, "update"]);
    const wanted = architectures.map((architecture) => `busybox-static:${architecture}`);
    await run("apt-get", [...apt, "download", ...wanted], { cwd: work });
    for (const architecture of architectures) {
      const deb = readdirSync(work).find((name) => name.endsWith(`_${architecture}.deb`));
      if (!deb) throw new Error(`apt-get downloaded no busybox-static for ${architecture}`);
      await run("dpkg-deb", ["-x", join(work, deb), join(work, architecture)]);
      copyFileSync(join(work, architecture, "bin/busybox"), join(work, "out", architecture));
    }
    if (!existsSync(folder)) renameSync(join(work, "out"), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
