import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readlink, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "./lock.ts";
import { identify } from "./process-identity.ts";

const never = new AbortController().signal;
let directory: string;
let lock: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tsbx-lock-"));
  lock = join(directory, "node", "lock");
});
afterEach(() => rm(directory, { recursive: true }));

test("one at a time, and nothing is left", async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise(setImmediate);
    inside--;
  };
  await Promise.all(Array.from({ length: 10 }, () => withLock(lock, never, work)));
  expect(most).toBe(1);
  expect(await readdir(join(directory, "node"))).toEqual([]);
});

test("is released when the work fails", async () => {
  await expect(withLock(lock, never, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await withLock(lock, never, async () => "again")).toBe("again");
});

test("a lock that was taken after the work deleted ours is left alone", async () => {
  await withLock(lock, never, async () => {
    await rm(lock);
    await symlink("another's", lock);
  });
  expect(await readlink(lock)).toBe("another's");
});

test.each([
  ["a process that is dead", async () => JSON.stringify(await deadProcess())],
  [
    "a process whose pid another one has now",
    async () => JSON.stringify({ ...(await identify(process.pid)), started: "another boot/1" }),
  ],
  ["nobody that can be read", async () => "garbage"],
])("is taken over from %s, by one at a time", async (_name, holder) => {
  await withLock(lock, never, async () => {});
  await symlink(await holder(), lock);
  let inside = 0;
  const work = async () => {
    expect(++inside).toBe(1);
    await new Promise(setImmediate);
    inside--;
  };
  await Promise.all(Array.from({ length: 10 }, () => withLock(lock, never, work)));
  expect(await readdir(join(directory, "node"))).toEqual([]);
});

test("waiting ends with the signal's reason", async () => {
  const abort = new AbortController();
  const reason = new Error("enough");
  await withLock(lock, never, async () => {
    const waiting = withLock(lock, abort.signal, async () => {});
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

async function deadProcess() {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  await once(child, "spawn");
  const identity = await identify(child.pid!);
  child.stdin.end();
  await once(child, "exit");
  return identity;
}
