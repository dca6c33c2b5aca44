import { expect, test } from "vitest";
import { memoryStreamPair } from "../transport/memory-stream.ts";
import { FileServer } from "./file-server.ts";
import type { StatEntry } from "./packet.ts";

test("the event loop gets its turn while small files are read", async () => {
  const count = 100;
  let read = 0;
  const slow = () => {
    read++;
    // As long as many small files take.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return 1;
  };
  const unused = () => {
    throw new Error("not expected");
  };
  const { client, server: receiver } = memoryStreamPair();
  const server = new FileServer(client, { entries: unused, readSmall: slow, openLarge: unused }, undefined);
  const file: StatEntry = {
    path: "f",
    mode: 0o644,
    size: 1,
    mtime: 0n,
    linkname: "",
    devmajor: 0,
    devminor: 0,
  };
  for (let id = 0; id < count; id++) {
    server.listed(file);
    server.request(id);
  }
  server.end();
  const readAtFirstTurn = new Promise<number>((resolve) => setImmediate(() => resolve(read)));
  const serving = server.run().finally(() => client.end());
  expect(await readAtFirstTurn).toBeLessThan(count);
  let packets = 0;
  for await (const _ of receiver.messages()) packets++;
  await serving;
  // The content and the end of each.
  expect(packets).toBe(2 * count);
});
