import { needPackages } from "./apt.mjs";
import { shortHash } from "./paths.mjs";
import { run } from "./run.mjs";

/** @typedef {import("./paths.mjs").BedPaths} BedPaths */

/**
 * A network bridge of this bed: its name (an interface has 15 characters at most) and its addresses, which
 * differ from those of beds in other folders.
 * @param {BedPaths} bed
 * @param {string} purpose  in a few letters
 */
export function bridgeOf(bed, purpose) {
  const hash = shortHash(`${bed.root} ${purpose}`);
  const byte = (/** @type {number} */ at) => Number.parseInt(hash.slice(at, at + 2), 16);
  const net = `10.${192 + (byte(0) % 60)}.${byte(2)}`;
  return { name: `tb${purpose}-${hash.slice(0, 6)}`, gateway: `${net}.1`, subnet: `${net}.0/24` };
}

/** @param {ReturnType<typeof bridgeOf>} bridge */
export async function makeBridge({ name, gateway }) {
  await needPackages("iproute2");
  if (!(await exists(name))) await run("ip", ["link", "add", name, "type", "bridge"]);
  await run("ip", ["addr", "replace", `${gateway}/24`, "dev", name]);
  await run("ip", ["link", "set", name, "up"]);
}

/** @param {ReturnType<typeof bridgeOf>} bridge */
export async function removeBridge({ name }) {
  if (await exists(name)) await run("ip", ["link", "delete", name]);
}

/** @param {string} name */
function exists(name) {
  return run("ip", ["link", "show", name]).then(
    () => true,
    () => false,
  );
}
