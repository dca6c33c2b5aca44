import { readBedJson } from "./lib/bed-json.mjs";
import { bedPaths } from "./lib/paths.mjs";

export { ensureTool } from "./lib/tools.mjs";

/**
 * The addresses of the running bed.
 * @param {(keyof import("./index.mjs").Bed)[]} sections  those that must be up
 */
export function loadBed(sections = ["tools", "buildkitd", "registry", "ssh"]) {
  const paths = bedPaths();
  const bed = readBedJson(paths);
  const missing = sections.filter((section) => bed?.[section] === undefined);
  if (!bed) throw new Error(`the test bed is not up (no ${paths.json}): run "node testbed/bed.mjs up"`);
  if (missing.length > 0) {
    throw new Error(`the test bed is up without ${missing.join(", ")}: run "node testbed/bed.mjs up"`);
  }
  return bed;
}
