import { expect, test } from "vitest";
import { memoryStreamPair } from "../transport/memory-stream.ts";
import { Metadata } from "../transport/metadata.ts";
import { fileSyncHandlers } from "./filesync.ts";
import { decodePacket, encodeFin, PacketType } from "./packet.ts";

const METHOD = "/moby.filesync.v1.FileSync/DiffCopy";
const FILES = ["a b", "a,b", "ä", "100%", "x+y", "plain", "d/in"];

async function listed(metadata: ReadonlyArray<readonly [string, string]>): Promise<string[]> {
  const sources = new Map([["context", { files: new Map(FILES.map((name) => [name, Buffer.from(name)])) }]]);
  const { client, server } = memoryStreamPair(Metadata.of(metadata), METHOD);
  const serving = fileSyncHandlers(sources).get(METHOD)!(server).finally(() => server.end());
  const paths: string[] = [];
  for await (const message of client.messages()) {
    const { type, stat } = decodePacket(message);
    if (type === PacketType.STAT && stat) paths.push(stat.path.toString());
    else if (type === PacketType.STAT) client.sendFramed(encodeFin());
  }
  await serving;
  return paths;
}

test.each(["", "dockerfile", "CONTEXT", "../context"])(
  "a directory that was not offered: %j",
  async (name) => {
    await expect(listed([["dir-name", name]])).rejects.toMatchObject({ code: 5 });
  },
);

test("no name at all", async () => {
  await expect(listed([])).rejects.toMatchObject({ code: 5 });
});

test.each<[string, Array<[string, string]>, string[]]>([
  ["nothing asked", [], ["100%", "a b", "a,b", "d", "d/in", "plain", "x+y", "ä"]],
  ["a value with a comma is one value", [["include-patterns", "a,b"]], ["a,b"]],
  [
    "several values",
    [
      ["include-patterns", "plain"],
      ["include-patterns", "d"],
    ],
    ["d", "d/in", "plain"],
  ],
  ["not escaped without the mark", [["include-patterns", "100%"]], ["100%"]],
  [
    "escaped",
    [
      ["include-patterns-encoded", "1"],
      ["include-patterns", "%C3%A4"],
      ["include-patterns", "a+b"],
      ["include-patterns", "x%2By"],
      ["include-patterns", "100%25"],
    ],
    ["100%", "a b", "x+y", "ä"],
  ],
  [
    "the mark is for its own key only",
    [
      ["exclude-patterns-encoded", "1"],
      ["exclude-patterns", "%C3%A4"],
      ["include-patterns", "x+y"],
      ["include-patterns", "ä"],
    ],
    ["x+y"],
  ],
  ["followed paths", [["followpaths", "d/in"]], ["d", "d/in"]],
  [
    "the whole tree followed",
    [["followpaths", "."]],
    ["100%", "a b", "a,b", "d", "d/in", "plain", "x+y", "ä"],
  ],
  [
    "the whole tree followed, next to a pattern",
    [
      ["followpaths", "."],
      ["include-patterns", "plain"],
    ],
    ["plain"],
  ],
])("%s", async (_, metadata, expected) => {
  expect(await listed([["dir-name", "context"], ...metadata])).toEqual(expected);
});
