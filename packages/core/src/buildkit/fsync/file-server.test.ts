import { expect, test } from "vitest";
import { memoryStreamPair } from "../transport/memory-stream.ts";
import { FileServer } from "./file-server.ts";
import type { StatEntry } from "./packet.ts";

const listed = (size: number): StatEntry => ({
  path: "f",
  mode: 0o644,
  size,
  mtime: 0n,
  linkname: "",
  devmajor: 0,
  devminor: 0,
});

const unused = () => {
  throw new Error("not expected");
};

test("the event loop gets its turn while small files are read", async () => {
  const count = 100;
  let read = 0;
  const slow = () => {
    read++;
    // As long as many small files take.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return 1;
  };
  const { client, server: receiver } = memoryStreamPair();
  const server = new FileServer(client, { entries: unused, readSmall: slow, openLarge: unused }, undefined);
  for (let id = 0; id < count; id++) {
    server.listed(listed(1));
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

test.each([
  ["small", 1000],
  ["large", 1_500_000],
])("a %s file that the disk fails to give fails the transfer: it must not look complete", async (_, size) => {
  let closed = 0;
  const fail = () => {
    throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO", syscall: "read" });
  };
  const openLarge = async () => ({ read: async () => fail(), close: async () => void closed++ });
  const { client } = memoryStreamPair();
  const server = new FileServer(client, { entries: unused, readSmall: fail, openLarge }, undefined);
  server.listed(listed(size));
  server.request(0);
  server.end();
  await expect(server.run()).rejects.toMatchObject({
    code: "UNREADABLE_PATH",
    message: expect.stringContaining("cannot read f: EIO") as string,
  });
  expect(closed).toBe(size > 1000 ? 1 : 0);
});
