import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { NodeConfig } from "@tsbx/core/driver";
import type { Layout } from "./layout.ts";

const CONFIG = "buildkitd.toml";
/** Where configurations made for daemons in containers have their certificates. */
const CONTAINER_CERTS = "/etc/buildkit/certs/";

/**
 * Writes the node's files anew.
 * @returns the path of the configuration file, an empty one when the node has none: the machine's own in
 *   /etc is for another daemon
 */
export async function writeConfigFiles(layout: Layout, files: NodeConfig["files"] = {}): Promise<string> {
  await rm(layout.config, { recursive: true, force: true });
  await mkdir(layout.config, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries({ [CONFIG]: new Uint8Array(), ...files })) {
    const path = join(layout.config, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, name === CONFIG ? relocate(content, layout) : content, { mode: 0o600 });
  }
  return join(layout.config, CONFIG);
}

function relocate(config: Uint8Array, layout: Layout): string {
  return Buffer.from(config)
    .toString("utf8")
    .replaceAll(CONTAINER_CERTS, () => `${layout.config}/certs/`);
}
