import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, say } from "./run.mjs";

/** @typedef {import("./paths.mjs").BedPaths} BedPaths */

export const passphrase = "correct horse";

/** @param {BedPaths} bed */
export async function ensureSshKeys(bed) {
  const folder = join(bed.certs, "ssh");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (/** @type {string} */ name) => join(folder, name);
  const keys = {
    host: file("host"),
    otherHost: file("other-host"),
    plain: file("id"),
    withPassphrase: file("id-passphrase"),
    unauthorized: file("id-unauthorized"),
  };
  for (const key of Object.values(keys)) {
    if (existsSync(key) && existsSync(`${key}.pub`)) continue;
    say(`making the ssh key ${key}`);
    rmSync(key, { force: true });
    const secret = key === keys.withPassphrase ? passphrase : "";
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", secret, "-C", "tsbx test bed", "-f", key]);
  }
  const authorized = file("authorized_keys");
  writeFileSync(authorized, publicKey(keys.plain) + publicKey(keys.withPassphrase), { mode: 0o600 });
  return { ...keys, authorized };
}

/**
 * Names one host key for several ports.
 * @param {BedPaths} bed
 * @param {string} name
 * @param {string} key
 * @param {number[]} ports
 */
export function writeKnownHosts(bed, name, key, ports) {
  const path = join(bed.certs, "ssh", name);
  const [type, blob] = publicKey(key).split(" ");
  const hosts = ports.flatMap((port) => [`[127.0.0.1]:${port}`, `[localhost]:${port}`]);
  writeFileSync(path, hosts.map((host) => `${host} ${type} ${blob?.trim()}\n`).join(""));
  return path;
}

/** @param {string} key */
function publicKey(key) {
  return readFileSync(`${key}.pub`, "utf8");
}
