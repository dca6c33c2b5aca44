import assert from "node:assert/strict";
import { once } from "node:events";
import type { BuilderNode } from "@tsbx/core";
import { awaitServerPreface } from "@tsbx/core/driver";
import type { CaseDefinition } from "../case-definition.ts";
import { within } from "../rejection.ts";
import type { Trial } from "../trial.ts";

const AT_ONCE = 6;
const END_MS = 10_000;

export const dialCases: readonly CaseDefinition[] = [
  {
    name: "dial gives a connection that speaks gRPC with buildkitd",
    async run(trial) {
      await ask(await trial.booted(), trial);
    },
  },
  {
    name: "the daemon's greeting comes unasked, and the stream ends after we end it",
    async run(trial) {
      const { handle } = await trial.booted();
      const stream = await handle.dial(trial.signal);
      try {
        stream.on("error", () => {});
        await within(END_MS, "the daemon's greeting", awaitServerPreface(stream, "the daemon", trial.signal));
        const ended = once(stream, "close", { signal: trial.signal });
        stream.end();
        stream.resume();
        await within(END_MS, "the end of a connection that we ended", ended);
      } finally {
        stream.destroy();
      }
    },
  },
  {
    name: "connections are independent, also when they are dialled at once and when some are closed",
    async run(trial) {
      await trial.booted();
      const nodes = Array.from({ length: AT_ONCE }, () => trial.open());
      await Promise.all(nodes.map((node) => node.client(trial.signal)));
      await Promise.all(nodes.map((node) => ask(node, trial)));
      const closed = nodes.splice(0, AT_ONCE / 2);
      await Promise.all([...closed.map((node) => node.close()), ...nodes.map((node) => ask(node, trial))]);
      await Promise.all([...nodes, trial.open()].map((node) => ask(node, trial)));
    },
  },
];

/** A round trip to the daemon over the node's one connection. */
async function ask(node: BuilderNode, { signal }: Trial): Promise<void> {
  const client = await node.client(signal);
  const workers = await client.listWorkers([], { signal });
  assert.ok(workers.length > 0, "the daemon has no worker");
  assert.ok(workers[0]!.platforms.length > 0, "the daemon's worker has no platform");
}
