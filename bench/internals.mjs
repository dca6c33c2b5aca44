// What of core is not part of its API, for benchmarks of single layers.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const source = fileURLToPath(new URL("../packages/core/src", import.meta.url));

/**
 * All exports of some modules of core.
 * @param {string} folder for the code, which is built
 * @param {string[]} modules paths in core's `src`, without the ending
 * @returns {Promise<any>}
 */
export async function coreInternals(folder, modules) {
  const input = join(folder, "internals.entry.mjs");
  const lines = modules.map((path) => `export * from ${JSON.stringify(join(source, `${path}.ts`))};`);
  writeFileSync(input, lines.join("\n"));
  const bundle = await rolldown({ input, platform: "node" });
  await bundle.write({ dir: join(folder, "internals"), format: "esm", entryFileNames: "index.mjs" });
  await bundle.close();
  return import(join(folder, "internals/index.mjs"));
}
