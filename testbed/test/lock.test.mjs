import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { withLock } from "../lib/lock.mjs";

/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsbx-lock-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("work under one lock never overlaps", async () => {
  let inside = 0;
  const work = async () => {
    inside += 1;
    assert.equal(inside, 1);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
  };
  await Promise.all([withLock(folder, work), withLock(folder, work), withLock(folder, work)]);
});

test("the lock is released when the work fails", async () => {
  await assert.rejects(
    withLock(folder, () => Promise.reject(new Error("no"))),
    /no/,
  );
  assert.equal(existsSync(join(folder, "lock")), false);
});

test("a lock whose owner's pid now belongs to another process is broken", async () => {
  mkdirSync(join(folder, "lock"));
  writeFileSync(join(folder, "lock", "owner"), JSON.stringify({ pid: process.pid, start: "1" }));
  assert.equal(await withLock(folder, async () => "in"), "in");
});
