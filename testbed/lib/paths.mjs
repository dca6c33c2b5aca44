import { createHash } from "node:crypto";
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the test bed's own sources. */
export const sources = dirname(dirname(fileURLToPath(import.meta.url)));

/** sun_path holds 104 bytes on the smallest of the systems clients run on, with the closing NUL. */
const socketPathLimit = 103;
const longestSocketName = "kube-containerd.sock.ttrpc";

/**
 * @typedef {object} BedPaths
 * @property {string} root    the bed folder
 * @property {string} run     process records, ports, the lock
 * @property {string} log
 * @property {string} certs
 * @property {string} data
 * @property {string} sockets `run`, or a short folder under the temp folder when `run` is too deep
 * @property {string} json    bed.json
 */

/** @returns {BedPaths} */
export function bedPaths() {
  const chosen = resolve(process.env.TSBX_BED_DIR || join(dirname(sources), ".bed"));
  // /proc/self/mounts shows resolved paths, and the same bed must hash the same through any link.
  const root = existsSync(chosen) ? realpathSync(chosen) : chosen;
  const run = join(root, "run");
  const deep = Buffer.byteLength(join(run, longestSocketName)) > socketPathLimit;
  return {
    root,
    run,
    log: join(root, "log"),
    certs: join(root, "certs"),
    data: join(root, "data"),
    sockets: deep ? join(tmpdir(), `tsbx-${shortHash(root)}`) : run,
    json: join(root, "bed.json"),
  };
}

/** @param {BedPaths} bed */
export function makeFolders(bed) {
  for (const folder of [bed.root, bed.run, bed.log, bed.certs, bed.data])
    mkdirSync(folder, { recursive: true });
  if (bed.sockets === bed.run) return;
  mkdirSync(bed.sockets, { recursive: true, mode: 0o700 });
  // The name is predictable and the temp folder is shared: use only a real folder of our own.
  const stat = lstatSync(bed.sockets);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new Error(`${bed.sockets} exists and belongs to somebody else; remove it or set TSBX_BED_DIR`);
  }
  chmodSync(bed.sockets, 0o700);
}

/** @param {BedPaths} bed */
export function removeShortSocketFolder(bed) {
  if (bed.sockets !== bed.run) rmSync(bed.sockets, { recursive: true, force: true });
}

/** What outlives a clone: built binaries and extracted packages. */
export function cacheFolder() {
  if (process.env.TSBX_BED_CACHE) return resolve(process.env.TSBX_BED_CACHE);
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "tsbx", "bed");
}

/** @param {string} text */
export function shortHash(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
