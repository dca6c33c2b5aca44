import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { type CaseDefinition, isManaged } from "../case-definition.ts";
import type { ConformanceOptions } from "../options.ts";
import { runBuild, smallBuild, wasCached } from "../scratch-build.ts";
import type { Trial } from "../trial.ts";
import { assertState } from "./lifecycle.ts";

export const removalCases: readonly CaseDefinition[] = [
  {
    name: "remove with keepState keeps the build cache",
    applies: (options) => isManaged(options) && keepsState(options),
    run: (trial) => assertCached(trial, true),
  },
  {
    name: "remove without keepState removes the build cache",
    applies: isManaged,
    run: (trial) => assertCached(trial, false),
  },
  {
    name: "remove leaves nothing of the node, and may be repeated",
    applies: isManaged,
    async run(trial) {
      const { handle } = await trial.booted();
      for (const when of ["after remove", "after another remove"]) {
        await handle.remove({ keepState: false }, trial.signal);
        await assertState(when, handle, ["inactive"], trial.signal);
      }
      const left = await trial.options.leftovers?.(trial.signal);
      assert.deepEqual(left ?? [], [], "remove left something of the node");
      const files = await readdir(trial.context.stateDir, { recursive: true }).catch(() => []);
      assert.deepEqual(files, [], "remove left files in the state directory");
    },
  },
];

/** Builds the same before and after the node is removed and booted again. */
async function assertCached(trial: Trial, keepState: boolean): Promise<void> {
  const options = smallBuild();
  const node = await trial.booted();
  await runBuild(node, options, trial);
  await node.handle.remove({ keepState }, trial.signal);
  const again = await runBuild(await trial.booted(), options, trial);
  assert.equal(wasCached(again), keepState, "whether the cache outlived the removal");
}

function keepsState(options: ConformanceOptions): boolean {
  return options.keepsState ?? isManaged(options);
}
