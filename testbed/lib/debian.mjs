import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { cacheFolder } from "./paths.mjs";
import { findCommand, run, say } from "./run.mjs";

/**
 * Debian packages extracted into the cache, and never installed: the machine's dpkg does not hear of them.
 * @param {string} name      of the folder in the cache
 * @param {string[]} packages each `package` or `package:architecture`
 * @param {string[]} [architectures]  Debian's names; by default the machine's own
 * @returns {Promise<Record<string, string>>} the folder of each package
 */
export async function extractPackages(name, packages, architectures = []) {
  const folder = join(cacheFolder(), name);
  if (!packages.every((each) => existsSync(join(folder, each)))) {
    mkdirSync(folder, { recursive: true });
    await withLock(folder, () => download(folder, packages, architectures));
  }
  return Object.fromEntries(packages.map((each) => [each, join(folder, each)]));
}

/**
 * @param {string} folder
 * @param {string[]} packages
 * @param {string[]} architectures
 */
async function download(folder, packages, architectures) {
  const missing = packages.filter((each) => !existsSync(join(folder, each)));
  if (missing.length === 0) return;
  if (!findCommand("apt-get") || !findCommand("dpkg-deb")) {
    throw new Error(
      `the bed takes ${missing.join(", ")} from Debian: without apt-get, put the packages' files below ${folder}, each in a folder of its name`,
    );
  }
  say(`fetching ${missing.join(", ")}`);
  const work = mkdtempSync(join(folder, ".download-"));
  try {
    // Package lists of our own, for architectures that the machine does not have.
    for (const sub of ["lists/partial", "archives/partial"]) mkdirSync(join(work, sub), { recursive: true });
    const apt = ["-q", "-o", `Dir::State::Lists=${work}/lists`, "-o", `Dir::Cache=${work}`];
    apt.push("-o", "Acquire::Languages=none", "-o", "APT::Sandbox::User=");
    for (const architecture of architectures) apt.push("-o", `APT::Architectures::=${architecture}`);
    await run("apt-get", [...apt, "update"]);
    for (const each of missing) {
      const debs = join(work, each);
      mkdirSync(debs);
      await run("apt-get", [...apt, "download", each], { cwd: debs });
      const [deb] = readdirSync(debs);
      if (!deb) throw new Error(`apt-get downloaded no ${each}`);
      await run("dpkg-deb", ["-x", join(debs, deb), join(work, "out")]);
      renameSync(join(work, "out"), join(folder, each));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
