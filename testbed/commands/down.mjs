import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
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
      if (part.section) delete sections[part.section];
    }
    if (names.length > 0) return writeBedJson(bed, sections);
    rmSync(bed.json, { force: true });
    removeShortSocketFolder(bed);
    if (purge) await deleteFolder(bed);
  });
  return 0;
}

/** @param {import("../lib/paths.mjs").BedPaths} bed */
async function deleteFolder(bed) {
  // Deleting through a mount that is still there would delete somebody else's files.
  await unmountBelow(bed.root);
  for (const ours of ["run", "log", "certs", "data", "ports.json"]) {
    rmSync(join(bed.root, ours), { recursive: true, force: true });
  }
  // TSBX_BED_DIR may name a folder that holds other things too; then it stays.
  if (readdirSync(bed.root).length === 0) rmdirSync(bed.root);
}
