import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { fuzz } from "../../../../../scripts/fuzz/fuzz.ts";
import { memoryStreamPair } from "../transport/memory-stream.ts";
import { packetStreams } from "./packet-streams.test.support.ts";
import { receiveTree } from "./receiver.ts";
import { snapshot } from "./tree-snapshot.test.support.ts";

let base: string;
let dest: string;
let outside: string;
let before: Record<string, string>;

beforeAll(makeBase);
afterAll(() => rmSync(base, { recursive: true, force: true }));

function makeBase(): void {
  base = mkdtempSync(join(tmpdir(), "tsbx-fuzz-"));
  dest = join(base, "dest");
  outside = join(base, "outside");
  mkdirSync(join(outside, "sub"), { recursive: true });
  writeFileSync(join(outside, "secret"), "secret");
  writeFileSync(join(outside, "sub/file"), "file");
  before = outsideNow();
}

/** Makes a destination with ways out of it, for a receiver that follows links. */
function makeDestination(): void {
  mkdirSync(join(dest, "d"), { recursive: true });
  symlinkSync(outside, join(dest, "out"));
  symlinkSync("../../outside/sub", join(dest, "d/out"));
  symlinkSync(join(outside, "secret"), join(dest, "s"));
  symlinkSync(join(outside, "new"), join(dest, "n"));
  linkSync(join(outside, "secret"), join(dest, "hard"));
}

/** All that is not in the destination. */
function outsideNow(): Record<string, string> {
  const beside = readdirSync(base).filter((name) => name !== "dest");
  return { ...snapshot(outside), beside: beside.join() };
}

/** Sends all packets, whatever the receiver asks for, and hangs up. */
async function receive(packets: readonly Buffer[], removeOthers: boolean): Promise<unknown> {
  const { client, server } = memoryStreamPair();
  for (const packet of packets) server.send(packet);
  server.end();
  return receiveTree(client, dest, { removeOthers }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("the receiver of a tree", () => {
  const transfers = fc.record({ packets: packetStreams, removeOthers: fc.boolean() });
  fuzz(
    "ends with nothing written outside of its directory",
    transfers,
    async ({ packets, removeOthers }) => {
      makeDestination();
      try {
        const error = await receive(packets, removeOthers);
        expect(outsideNow()).toEqual(before);
        expect(Object.keys(snapshot(dest)).filter((path) => path.includes(".tsbx-"))).toEqual([]);
        if (error) expect(error).toMatchObject({ name: expect.stringMatching(/^(TsbxError|GrpcError)$/) });
        rmSync(dest, { recursive: true });
      } catch (error) {
        // What is tried next, to find a smaller case, must not meet what this one left.
        rmSync(base, { recursive: true, force: true });
        makeBase();
        throw error;
      }
    },
    { seconds: 3 },
  );
});
