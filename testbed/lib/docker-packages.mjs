import { join } from "node:path";
import { extractPackages } from "./debian.mjs";

/** Debian's Docker 20.10: the files of its packages, by package and path. */
export async function dockerPackages() {
  const folders = await extractPackages("docker-20.10", [
    "docker.io",
    "containerd",
    "runc",
    "tini",
    "libdevmapper1.02.1",
  ]);
  return (/** @type {string} */ name, /** @type {string} */ path) => join(String(folders[name]), path);
}
