import assert from "node:assert/strict";
import type { BuilderNode } from "@tsbx/core";
import { type CaseDefinition, isManaged } from "../case-definition.ts";
import { rejection } from "../rejection.ts";
import { runBuild, smallBuild } from "../scratch-build.ts";
import type { Trial } from "../trial.ts";
import { assertState } from "./lifecycle.ts";

export const failureCases: readonly CaseDefinition[] = [
  {
    name: "using a node that is down fails with an error that names builder and node",
    applies: isManaged,
    async run(trial) {
      await assertScoped(await trial.removed(), trial);
    },
  },
  {
    name: "where no daemon answers, status says so, and a build fails with an error that names builder and node",
    applies: ({ unreachable }) => unreachable !== undefined,
    async run(trial) {
      const node = trial.open(trial.options.unreachable);
      await assertState(
        "where no daemon answers",
        node.handle,
        ["inactive", "stopped", "error"],
        trial.signal,
      );
      await assertScoped(node, trial);
      const build = () => runBuild(node, smallBuild(), trial);
      const error = await rejection("a build where no daemon answers", build);
      assert.equal(error.builder, node.builder);
      assert.equal(error.node, node.name);
    },
  },
  {
    name: "a build that fails rejects with a typed error, and the node stays usable",
    async run(trial) {
      const node = await trial.booted();
      const content = "FROM scratch\nCOPY missing /\n";
      const build = () => runBuild(node, smallBuild({ dockerfile: { content } }), trial);
      const error = await rejection("a build of a file that is not there", build);
      assert.match(error.message, /missing/, "the error does not name the file");
      await runBuild(node, smallBuild(), trial);
    },
  },
];

async function assertScoped(node: BuilderNode, trial: Trial): Promise<void> {
  const error = await rejection("using a node that is down", () => node.client(trial.signal));
  assert.equal(error.builder, node.builder, "the error does not name the builder");
  assert.equal(error.node, node.name, "the error does not name the node");
}
