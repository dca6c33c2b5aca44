import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { extractPackages } from "./debian.mjs";

/** What maps users and starts the daemon for one, with the libraries that they need. */
const packages = [
  ...["uidmap", "rootlesskit", "libcap2-bin"],
  ...["libc6", "libaudit1", "libcap-ng0", "libcap2", "libpcre2-8-0", "libselinux1"],
];
/** Their documentation and the like are left out. */
const directories = ["lib", "lib64", "sbin", "usr/bin", "usr/lib"];

/** @returns {Promise<string[]>} the folders of Debian's packages */
export async function ensureRootless() {
  return Object.values(await extractPackages("rootless", packages));
}

/**
 * Puts the packages' programs and libraries into one tree.
 * @param {string} root
 * @param {string[]} folders
 */
export function placeRootless(root, folders) {
  for (const folder of folders) {
    for (const directory of directories) {
      const from = join(folder, directory);
      if (existsSync(from)) cpSync(from, join(root, directory), { recursive: true, verbatimSymlinks: true });
    }
  }
}
