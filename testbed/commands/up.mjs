import { readBedJson, writeBedJson } from "../lib/bed-json.mjs";
import { withLock } from "../lib/lock.mjs";
import { withNeeds } from "../lib/parts.mjs";
import { bedPaths, makeFolders } from "../lib/paths.mjs";
import { say } from "../lib/run.mjs";

/** @param {string[]} names */
export async function up(names) {
  if (process.platform !== "linux") throw new Error("the test bed runs on Linux only");
  const parts = withNeeds(names);
  makeFolders(bedPaths());
  // Resolved again: a folder that exists now has a real path.
  const bed = bedPaths();
  const begin = Date.now();
  await withLock(bed.run, async () => {
    // Whoever held the lock before may have deleted them.
    makeFolders(bed);
    for (const part of parts) {
      const sections = readBedJson(bed) ?? {};
      const section = await part.up(bed, /** @type {import("../index.mjs").Bed} */ (sections));
      // Part by part, so that a failure later on leaves what works usable.
      writeBedJson(bed, { ...sections, ...section });
    }
  });
  say(`up: ${parts.map((part) => part.name).join(", ")} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
  return 0;
}
