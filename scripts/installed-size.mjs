// What an installed tree takes up.
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

const BLOCK = 4096;

/**
 * The files below a directory, and what they take up on a disk of 4 KiB blocks, in bytes: the same on every
 * machine, and never less than what they hold.
 * @param {string} directory
 */
export function installedSize(directory) {
  let [files, bytes] = [0, 0];
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    bytes += Math.ceil(lstatSync(join(entry.parentPath, entry.name)).size / BLOCK) * BLOCK;
    files++;
  }
  return { files, bytes };
}
