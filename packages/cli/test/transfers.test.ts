import { randomUUID } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "@tsbx/core";
import { expect, it } from "vitest";
import { bedNode } from "./support/daemon.ts";
import { succeed } from "./support/process.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

it("a build tells what it sent of each directory, and of what most, also when it fails", async () => {
  const directory = await workspace();
  const context = join(directory, "context");
  writeTree(context, {
    Dockerfile:
      'FROM busybox AS files\nCOPY . /all\nCOPY --from=more / /more\nFROM files AS failing\nRUN echo "$NONCE" && false\n',
    ".dockerignore": "left-out\n",
    "left-out": "x".repeat(100_000),
    "a/one": "x".repeat(5_000),
    "a/two": "x".repeat(5_000),
    "b/deep/down/one": "x".repeat(9_000),
    small: "x",
  });
  writeTree(join(directory, "more"), { [`${randomUUID()}`]: "x".repeat(70_000) });
  // The daemon compares contexts of one name: it must have none of this one.
  const clientId = randomUUID();
  const options = { context, buildContexts: { more: join(directory, "more") }, clientId, noCache: true };

  const { transfers } = await build(bedNode(), { ...options, target: "files" }).result;
  const [context1, more] = ["context", "more"].map((name) => transfers.find(({ mount }) => mount === name));
  // The .dockerignore is asked for alone first.
  const all = 19_001 + 2 * "left-out\n".length;
  expect(context1).toMatchObject({ node: "bed0", entries: 11, files: 7 });
  // Besides what is counted here there is the Dockerfile.
  expect(context1!.bytes).toBeGreaterThan(all);
  expect(context1!.bytes).toBeLessThan(all + 1000);
  expect(context1!.largest.slice(0, 2)).toEqual([
    { path: "a", files: 2, bytes: 10_000 },
    { path: "b", files: 1, bytes: 9_000 },
  ]);
  expect(context1!.largest.map(({ path }) => path)).not.toContain("left-out");
  expect(more).toMatchObject({ files: 1, bytes: 70_000 });
  expect(transfers.find(({ mount }) => mount === "dockerfile")).toMatchObject({ node: "bed0" });

  const failing = build(bedNode(), { ...options, clientId: randomUUID() });
  await expect(failing.result).rejects.toMatchObject({ code: "BUILD_FAILED" });
  expect(failing.transfers).toContainEqual(expect.objectContaining({ mount: "context", files: 7 }));
});

it("an archive counts as one file", async () => {
  const directory = await workspace();
  writeTree(join(directory, "context"), { Dockerfile: "FROM scratch\nCOPY . /\n", a: "x".repeat(50_000) });
  await succeed("tar", ["-cf", "context.tar", "-C", "context", "."], { cwd: directory });
  const archive = join(directory, "context.tar");
  const { transfers } = await build(bedNode(), { context: { archive: createReadStream(archive) } }).result;
  const { size: bytes } = statSync(archive);
  expect(transfers).toEqual([{ mount: "context", node: "bed0", entries: 1, files: 1, bytes, largest: [] }]);
});
