import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readBedJson, writeBedJson } from "../lib/bed-json.mjs";
import { withLock } from "../lib/lock.mjs";
import { unmountBelow } from "../lib/mounts.mjs";
import { named } from "../lib/parts.mjs";
import { bedPaths, removeShortSocketFolder } from "../lib/paths.mjs";
import { stopServer } from "../lib/server.mjs";

/** @param {string[]} args */
export async function down(args) {
  const purge = args.includes("--purge");
  const names = args.filter((arg) => arg !== "--purge");
  if (purge && names.length > 0) throw new Error("--purge deletes the whole bed, so it takes no parts");
  const parts = named(names);
  const bed = bedPaths();
  if (!existsSync(bed.run)) return 0;
  await withLock(bed.run, async () => {
    const sections = { ...readBedJson(bed) };
    for (const part of [...parts].reverse()) {
      await Promise.all(part.servers.map((server) => stopServer(bed, server)));
      await part.down(bed);
      delete sections[/** @type {keyof typeof sections} */ (part.name)];
    }
    if (names.length > 0) return writeBedJson(bed, sections);
    rmSync(bed.json, { force: true });
    removeShortSocketFolder(bed);
  });
  if (purge) {
    // Deleting through a mount that is still there would delete somebody else's files.
    await unmountBelow(bed.root);
    for (const folder of ["run", "log", "certs", "data", "ports.json"]) {
      rmSync(join(bed.root, folder), { recursive: true, force: true });
    }
    rmSync(bed.root, { recursive: true, force: true });
  }
  return 0;
}
