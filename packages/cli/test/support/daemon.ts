import { setTimeout } from "node:timers/promises";
import { openNode } from "@tsbx/core";
import remote from "@tsbx/driver-remote";
import { loadBed } from "@tsbx/testbed";
import { onTestFinished } from "vitest";
import { type DriverPlace, openPlace } from "./places.ts";

/** A node of the bed's daemon, closed when the test ends. */
export function bedNode() {
  const config = { builder: "bed", name: "bed0", endpoint: loadBed().buildkitd.unix };
  const node = openNode(remote, config, { env: {}, stateDir: "/nonexistent/tsbx-test" });
  onTestFinished(() => node.close());
  return node;
}

/**
 * Finds the build that the daemon runs with the build argument `NONCE=nonce`.
 * @param place where; the bed's daemon by default
 * @returns a promise for its end on the daemon
 */
export async function runningBuild(nonce: string, place?: DriverPlace): Promise<{ ended: Promise<void> }> {
  const node = place ? openPlace(place) : bedNode();
  if (place) onTestFinished(() => node.close());
  const events = (await node.client()).listenHistory({ activeOnly: true });
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error(`the daemon runs no build with NONCE=${nonce}`);
    const record = value.record;
    if (record?.frontendAttrs["build-arg:NONCE"] === nonce && !record.completedAt) {
      return { ended: end(record.ref) };
    }
  }

  async function end(ref: string): Promise<void> {
    for await (const { record } of events) if (record?.ref === ref && record.completedAt) return;
    throw new Error("the daemon stopped telling of its builds");
  }
}

/**
 * Removes what the daemon has of the steps and the local sources that have `nonce` in their names. It waits
 * until the daemon lets go of them, which it does some time after an interrupted build has ended.
 */
export async function forget(nonce: string): Promise<void> {
  const client = await bedNode().client();
  const filter = [`description~=${nonce}`];
  while ((await client.diskUsage(filter)).length > 0) {
    for await (const _ of client.prune({ filter, all: true }));
    await setTimeout(50);
  }
}
