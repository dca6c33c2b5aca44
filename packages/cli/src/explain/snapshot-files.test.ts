import { mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CacheSnapshot } from "@tsbx/core/explain";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SnapshotFiles } from "./snapshot-files.ts";

let dir: string;
let files: SnapshotFiles;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tsbx-snapshots-"));
  files = new SnapshotFiles(join(dir, "new"));
});
afterEach(() => rm(dir, { recursive: true }));

const SNAPSHOT: CacheSnapshot = {
  version: 1,
  steps: [],
  files: { context: { "constructor/ü": ["stat", "digest"] } },
  arguments: ["A"],
};

it("keeps one build a key, for its owner alone", async () => {
  expect(await files.read(["a"])).toBeUndefined();
  await files.write(["a"], SNAPSHOT);
  await files.write(["a"], { ...SNAPSHOT, arguments: ["B"] });
  expect(await files.read(["a"])).toEqual({ ...SNAPSHOT, arguments: ["B"] });
  expect(await files.read(["a", ""])).toBeUndefined();
  const [name] = await readdir(join(dir, "new"));
  expect((await stat(join(dir, "new", name!))).mode & 0o777).toBe(0o600);
  expect((await stat(join(dir, "new"))).mode & 0o777).toBe(0o700);
});

it("takes a file that cannot be read for none", async () => {
  await files.write(["a"], SNAPSHOT);
  const [name] = await readdir(join(dir, "new"));
  await writeFile(join(dir, "new", name!), "broken");
  expect(await files.read(["a"])).toBeUndefined();
  await files.write(["a"], { ...SNAPSHOT, version: 2 as 1 });
  expect(await files.read(["a"])).toBeUndefined();
});

it("forgets builds of long ago", async () => {
  for (let index = 0; index < 100; index++) await files.write([`${index}`], SNAPSHOT);
  const names = await readdir(join(dir, "new"));
  await Promise.all(names.map((name) => utimes(join(dir, "new", name), 1, 1)));
  await files.write(["0"], SNAPSHOT);
  await files.write(["new"], SNAPSHOT);
  expect(await readdir(join(dir, "new"))).toHaveLength(100);
  expect(await files.read(["0"])).toBeDefined();
  expect(await files.read(["new"])).toBeDefined();
});
