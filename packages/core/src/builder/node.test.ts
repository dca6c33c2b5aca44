import { once } from "node:events";
import { type Duplex, duplexPair } from "node:stream";
import { expect, it } from "vitest";
import type { Driver, NodeHandle } from "../driver/contract.ts";
import { BuilderNode } from "./node.ts";

function nodeThatCounts() {
  const dialled: Duplex[] = [];
  const handle = {
    dial: async () => {
      const [connection, daemon] = duplexPair();
      daemon.resume();
      dialled.push(connection);
      return connection;
    },
  } as unknown as NodeHandle;
  const config = { builder: "b", name: "b0", options: {} };
  return { dialled, node: new BuilderNode({} as Driver, config, handle) };
}

it("dials once for all that ask at the same time, and again when the connection is gone", async () => {
  const { dialled, node } = nodeThatCounts();
  const [first, second] = await Promise.all([node.client(), node.client(), node.client()]);
  expect(second).toBe(first);
  expect(await node.client()).toBe(first);
  expect(dialled).toHaveLength(1);

  first.channel.close();
  const [third, fourth] = await Promise.all([node.client(), node.client()]);
  expect(third).not.toBe(first);
  expect(fourth).toBe(third);
  expect(dialled).toHaveLength(2);
  const closed = dialled.map((connection) => connection.destroyed || once(connection, "close"));
  await node.close();
  await Promise.all(closed);
});
