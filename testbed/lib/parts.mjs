import { browser } from "../parts/browser.mjs";
import { buildkitd } from "../parts/buildkitd.mjs";
import { docker } from "../parts/docker.mjs";
import { dockerLegacy } from "../parts/docker-legacy.mjs";
import { images } from "../parts/images.mjs";
import { kubernetes } from "../parts/kubernetes.mjs";
import { registry } from "../parts/registry.mjs";
import { s3 } from "../parts/s3.mjs";
import { shells } from "../parts/shells.mjs";
import { sshd } from "../parts/sshd.mjs";
import { tools } from "../parts/tools.mjs";

/** @typedef {import("./paths.mjs").BedPaths} BedPaths */
/** @typedef {import("../index.mjs").Bed} Bed */

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {keyof Bed} [section]   what it adds to bed.json
 * @property {string[]} needs      parts that must be up before this one
 * @property {string[]} servers    names of the processes it runs
 * @property {(bed: BedPaths, sections: Bed) => Promise<Partial<Bed>>} up  returns its section of bed.json;
 *   of `sections` only those of the needed parts are there
 * @property {(bed: BedPaths) => Promise<void>} down  what is left to undo once its processes have ended
 */

/** Each after the parts it needs. */
export const parts = [
  tools,
  registry,
  buildkitd,
  images,
  sshd,
  shells,
  s3,
  docker,
  dockerLegacy,
  kubernetes,
  browser,
];

/**
 * The named parts and all they need, in the order to bring them up.
 * @param {string[]} names  none means all
 */
export function withNeeds(names) {
  if (names.length === 0) return parts;
  const wanted = new Set(named(names).map((part) => part.name));
  for (const part of [...parts].reverse()) {
    if (wanted.has(part.name)) for (const need of part.needs) wanted.add(need);
  }
  return parts.filter((part) => wanted.has(part.name));
}

/** @param {string[]} names  none means all */
export function named(names) {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  const all = parts.map((part) => part.name).join(", ");
  if (unknown.length > 0) throw new Error(`no part called ${unknown.join(", ")}; there are ${all}`);
  return names.length === 0 ? parts : parts.filter((part) => names.includes(part.name));
}
