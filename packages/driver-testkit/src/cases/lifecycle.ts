import assert from "node:assert/strict";
import type { NodeHandle, NodeState } from "@tsbx/core/driver";
import { type CaseDefinition, isManaged } from "../case-definition.ts";
import { rejection } from "../rejection.ts";

const STATES: readonly NodeState[] = ["inactive", "starting", "running", "stopping", "stopped", "error"];

/** Fails unless the node's status is well-formed and its state one of `expected`. */
export async function assertState(
  when: string,
  handle: NodeHandle,
  expected: readonly NodeState[],
  signal: AbortSignal,
): Promise<void> {
  const { state, detail, replicas } = await handle.status(signal);
  assert.ok(STATES.includes(state), `${state} is no state of a node`);
  const found = detail === undefined ? state : `${state} (${detail})`;
  assert.ok(expected.includes(state), `${when} the node is ${found}, not ${expected.join(" or ")}`);
  if (detail !== undefined) assert.match(detail, /^[^\n]+$/, "a status' detail is one line");
  for (const { name } of replicas ?? []) assert.ok(name, "a replica has no name");
}

export const lifecycleCases: readonly CaseDefinition[] = [
  {
    name: "before the first boot the node is inactive, and dialling it fails",
    applies: isManaged,
    async run(trial) {
      const { handle } = await trial.removed();
      await assertState("before the first boot", handle, ["inactive"], trial.signal);
      await rejection("dialling a node that was never booted", () => handle.dial(trial.signal));
      await assertState("after an attempt to dial it", handle, ["inactive"], trial.signal);
    },
  },
  {
    name: "a node that others run is running before it is booted, and after it was stopped and removed",
    applies: (options) => !isManaged(options),
    async run(trial) {
      const { handle } = trial.open();
      const running = (when: string) => assertState(when, handle, ["running"], trial.signal);
      await running("before boot");
      await handle.boot(() => {}, trial.signal);
      await running("after boot");
      await handle.stop(trial.signal);
      await running("after stop");
      await handle.remove({ keepState: false }, trial.signal);
      await running("after remove");
    },
  },
  {
    name: "boot tells what it does, and leaves the node running",
    applies: isManaged,
    async run(trial) {
      const { handle } = await trial.removed();
      const steps: string[] = [];
      await handle.boot((text) => steps.push(text), trial.signal);
      assert.ok(steps.length > 0, "boot told of no step");
      for (const text of steps) assert.match(text, /\S/, "boot told of a step without a text");
      await assertState("after boot", handle, ["running"], trial.signal);
    },
  },
  {
    name: "a node that is up may be booted again",
    async run(trial) {
      await trial.booted();
      const again = await trial.booted();
      await assertState("after another boot", again.handle, ["running"], trial.signal);
      await again.client(trial.signal);
    },
  },
  {
    name: "two that boot a node at once both find it running",
    async run(trial) {
      await trial.removed();
      const nodes = await Promise.all([trial.booted(), trial.booted()]);
      for (const node of nodes) {
        await assertState("after two boots at once", node.handle, ["running"], trial.signal);
        const workers = await (await node.client(trial.signal)).listWorkers([], { signal: trial.signal });
        assert.ok(workers.length > 0, "the daemon has no worker");
      }
    },
  },
  {
    name: "a node that was stopped is not in error, and can be booted again",
    applies: isManaged,
    async run(trial) {
      const { handle } = await trial.booted();
      await handle.stop(trial.signal);
      // A node that would lose its cache by it may run on.
      await assertState("after stop", handle, ["stopped", "inactive", "running"], trial.signal);
      await handle.stop(trial.signal);
      const again = await trial.booted();
      await assertState("after a stop and a boot", again.handle, ["running"], trial.signal);
      await again.client(trial.signal);
    },
  },
  {
    name: "a node that is up has logs and a version, where its driver offers them",
    async run(trial) {
      const { handle } = await trial.booted();
      if (handle.logs) assert.equal(typeof (await handle.logs(trial.signal)), "string");
      const version = await handle.version?.(trial.signal);
      if (version !== undefined) assert.match(version, /\d/, `${version} is no version`);
    },
  },
];
