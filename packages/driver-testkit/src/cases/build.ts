import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CaseDefinition } from "../case-definition.ts";
import { runBuild, smallBuild, wasCached } from "../scratch-build.ts";

/** Larger than any window or buffer on the way. */
const LARGE = 8 * 1024 * 1024;
const AT_ONCE = 4;

export const buildCases: readonly CaseDefinition[] = [
  {
    name: "8 MiB go into a build and come out of it unchanged, and are cached when they are built again",
    async run(trial) {
      const node = await trial.booted();
      const payload = randomBytes(LARGE);
      const context = join(trial.directory, "context");
      await mkdir(context);
      await writeFile(join(context, "payload"), payload);
      for (const dest of ["first", "second"]) {
        const outputs = [{ type: "local", dest }] as const;
        const built = await runBuild(node, smallBuild({ context, outputs }), trial);
        const came = await readFile(join(trial.directory, dest, "payload"));
        assert.ok(came.equals(payload), `the ${dest} build returned other bytes`);
        assert.equal(wasCached(built), dest === "second", `cached in the ${dest} build`);
      }
    },
  },
  {
    name: "several builds at once on one node do not mix",
    async run(trial) {
      const node = await trial.booted();
      const payloads = Array.from({ length: AT_ONCE }, () => randomBytes(256 * 1024));
      await Promise.all(
        payloads.map(async (payload, index) => {
          const outputs = [{ type: "local", dest: String(index) }] as const;
          await runBuild(node, smallBuild({ context: { files: { payload } }, outputs }), trial);
        }),
      );
      for (const [index, payload] of payloads.entries()) {
        const came = await readFile(join(trial.directory, String(index), "payload"));
        assert.ok(came.equals(payload), `build ${index} returned other bytes`);
      }
    },
  },
];
