import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {import("./paths.mjs").BedPaths} BedPaths */

/**
 * Writes the configuration of one docker-registry and returns its path. Its parser reads YAML, hence also JSON.
 * @param {BedPaths} bed
 * @param {string} name
 * @param {number} port
 * @param {{ tls?: { certificate: string, key: string }, auth?: object }} options
 */
export function writeRegistryConfig(bed, name, port, options = {}) {
  const storage = join(bed.data, name);
  mkdirSync(storage, { recursive: true });
  const config = {
    version: 0.1,
    log: { level: "info", accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}`, secret: name, ...(options.tls ? { tls: options.tls } : {}) },
    ...(options.auth ? { auth: options.auth } : {}),
  };
  const file = join(bed.run, `${name}.config.yml`);
  writeFileSync(file, JSON.stringify(config, null, 2));
  return file;
}
