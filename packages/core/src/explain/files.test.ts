import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TreeFilter } from "../buildkit/fsync/walk.ts";
import { wallClock } from "../progress/own-clock.ts";
import { type FileList, listFiles, UNKNOWN } from "./files.ts";

const { signal } = new AbortController();
const ALL: TreeFilter = { include: [], exclude: [], follow: [] };
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tsbx-files-"));
  mkdirSync(join(root, "d"));
  put("d/a", "a");
  put("constructor", "c");
  symlinkSync("d", join(root, "link"));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string, time = 1_600_000_000): void {
  writeFileSync(join(root, path), text);
  utimesSync(join(root, path), time, time);
}

const list = (known: FileList = {}, began = wallClock(), filters = [ALL]) =>
  listFiles(root, filters, { known, began, signal });
const digests = (files: FileList) =>
  Object.fromEntries(Object.entries(files).map(([path, [, digest]]) => [path, digest]));

test("goes by kind, mode, target and content, not by time", async () => {
  const before = await list();
  expect(Object.keys(before).sort()).toEqual(["constructor", "d", "d/a", "link"]);
  put("d/a", "a", 1_700_000_000);
  expect(digests(await list(before))).toEqual(digests(before));
  chmodSync(join(root, "d/a"), 0o600);
  const other = digests(await list(before));
  expect(other["d/a"]).not.toBe(digests(before)["d/a"]);
  expect(other.constructor).toBe(digests(before).constructor);
});

test("reads again only what stat says is another", async () => {
  const before = await list();
  const known = { ...before, "d/a": [before["d/a"]![0], "as it was"] as const };
  expect(digests(await list(known))["d/a"]).toBe("as it was");
  put("d/a", "b", 1_700_000_000);
  expect(digests(await list(known))["d/a"]).toMatch(/^[\w-]{22}$/);
});

test("does not know what was written while it was read", async () => {
  const began = wallClock() - 10_000_000_000n;
  put("d/a", "b", Date.now() / 1000 - 5);
  expect(digests(await list({}, began))["d/a"]).toBe(UNKNOWN);
  // What has a time to come was not written now.
  put("d/a", "b", 4_000_000_000);
  expect(digests(await list({}, began))["d/a"]).toMatch(/^[\w-]{22}$/);
});

test("lists what any of the filters lets through", async () => {
  const filters = [
    { ...ALL, follow: ["link"] },
    { ...ALL, exclude: ["d", "link"] },
  ];
  expect(Object.keys(await list({}, wallClock(), filters)).sort()).toEqual([
    "constructor",
    "d",
    "d/a",
    "link",
  ]);
  expect(Object.keys(await list({}, wallClock(), [filters[1]!]))).toEqual(["constructor"]);
});

test("stops when it is told to", async () => {
  for (let index = 0; index < 2000; index++) put(`d/${index}`, "x");
  const options = { known: {}, began: wallClock(), signal: AbortSignal.abort() };
  await expect(listFiles(root, [ALL, ALL, ALL], options)).rejects.toMatchObject({ code: "ABORTED" });
});
