import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run, say } from "./run.mjs";

/** @typedef {import("./paths.mjs").BedPaths} BedPaths */

/**
 * overlayfs does not work on every file system (not on itself, as in many containers).
 * @param {BedPaths} bed
 */
export async function chooseSnapshotter(bed) {
  const folder = mkdtempSync(join(bed.data, "overlay-"));
  try {
    const [lower, upper, work, merged] = ["l", "u", "w", "m"].map((name) => join(folder, name));
    for (const each of [lower, upper, work, merged]) mkdirSync(String(each));
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    await run("mount", ["-t", "overlay", "overlay", "-o", options, String(merged)]);
    await run("umount", [String(merged)]);
    return "overlayfs";
  } catch {
    say("overlayfs does not work in the bed folder; using the slower native snapshotter");
    return "native";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
export function mountsBelow(folder) {
  const lines = readFileSync("/proc/self/mounts", "utf8").split("\n");
  // Spaces and the like are written as octal escapes.
  const decode = (/** @type {string} */ text) =>
    text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
  return lines
    .map((line) => decode(line.split(" ")[1] ?? ""))
    .filter((point) => point.startsWith(`${folder}/`));
}

/**
 * What a daemon leaves mounted when it is ended in the middle of a build.
 * @param {string} folder
 */
export async function unmountBelow(folder) {
  for (const point of mountsBelow(folder).reverse()) await run("umount", ["-l", point]);
}
