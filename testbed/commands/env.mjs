import { loadBed } from "../index.mjs";

export async function env() {
  const bed = loadBed([]);
  for (const [name, value] of Object.entries(flatten("TSBX_BED", bed))) print(name, value);
  if (bed.buildkitd) print("BUILDKIT_HOST", bed.buildkitd.unix);
  return 0;
}

/**
 * @param {string} prefix
 * @param {object} value
 * @returns {Record<string, string>}
 */
function flatten(prefix, value) {
  /** @type {Record<string, string>} */
  const flat = {};
  for (const [key, inner] of Object.entries(value)) {
    const name = `${prefix}_${key.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase()}`;
    if (typeof inner === "object") Object.assign(flat, flatten(name, inner));
    else flat[name] = String(inner);
  }
  return flat;
}

/**
 * @param {string} name
 * @param {string} value
 */
function print(name, value) {
  process.stdout.write(`export ${name}='${value.replaceAll("'", "'\\''")}'\n`);
}
