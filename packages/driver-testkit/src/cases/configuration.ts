import assert from "node:assert/strict";
import type { CaseDefinition } from "../case-definition.ts";

const FROM_FILE = "conformance.file";
const FROM_FLAG = "conformance.flag";
const FILE = "buildkitd.toml";

/** Labels of the worker: a daemon shows them to everyone, and works the same with them. */
const CONFIGURATION = ["oci", "containerd"]
  .map((worker) => `\n[worker.${worker}.labels]\n"${FROM_FILE}" = "yes"\n`)
  .join("");
const FLAGS = ["oci", "containerd"].map((worker) => `--${worker}-worker-labels=${FROM_FLAG}=yes`);

export const configurationCases: readonly CaseDefinition[] = [
  {
    name: "a buildkitd configuration and buildkitd flags reach the daemon",
    applies: ({ driver }) => driver.capabilities.buildkitConfig === "yes",
    async run(trial) {
      const { builder, name, files = {}, buildkitdFlags = [] } = trial.options.node;
      const toml = Buffer.concat([files[FILE] ?? Buffer.of(), Buffer.from(CONFIGURATION)]);
      const node = trial.open({
        builder: `${builder}-config`,
        name: `${name}-config`,
        files: { ...files, [FILE]: toml },
        buildkitdFlags: [...buildkitdFlags, ...FLAGS],
      });
      try {
        await node.boot(() => {}, trial.signal);
        const client = await node.client(trial.signal);
        const workers = await client.listWorkers([], { signal: trial.signal });
        const labels = workers[0]?.labels ?? {};
        assert.equal(labels[FROM_FILE], "yes", `${FILE} did not reach the daemon`);
        assert.equal(labels[FROM_FLAG], "yes", "the flags did not reach the daemon");
      } finally {
        // Also after an abort: this node is the suite's alone.
        await node.handle.remove({ keepState: false }, new AbortController().signal);
      }
    },
  },
];
