import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** @typedef {import("./paths.mjs").BedPaths} BedPaths */
/** @typedef {import("../index.mjs").Bed} Bed */

/**
 * @param {BedPaths} bed
 * @returns {Partial<Bed> | undefined}
 */
export function readBedJson(bed) {
  try {
    return JSON.parse(readFileSync(bed.json, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * @param {BedPaths} bed
 * @param {Partial<Bed>} sections
 */
export function writeBedJson(bed, sections) {
  // It holds passwords, and a test may read it at any moment.
  writeFileSync(`${bed.json}.new`, `${JSON.stringify(sections, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${bed.json}.new`, bed.json);
}
