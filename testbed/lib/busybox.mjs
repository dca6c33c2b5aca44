import { join } from "node:path";
import { extractPackages } from "./debian.mjs";

const packages = { amd64: "busybox-static:amd64", arm64: "busybox-static:arm64" };

/**
 * Debian's static busybox for both architectures.
 * @returns {Promise<{ amd64: string, arm64: string }>}
 */
export async function ensureBusybox() {
  const { amd64, arm64 } = packages;
  const folders = await extractPackages("busybox", [amd64, arm64], Object.keys(packages));
  const binary = (/** @type {string} */ name) => join(String(folders[name]), "bin/busybox");
  return { amd64: binary(amd64), arm64: binary(arm64) };
}
