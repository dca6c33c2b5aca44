import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { holdOwnLock } from "./own-lock.ts";

/** Called after each look at a lock file; the looker learns what it saw when that is done. */
let afterLook: (() => Promise<void>) | undefined;

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const readFile = async (path: string, encoding: "utf8") => {
    const text = await real.readFile(path, encoding);
    await afterLook?.();
    return text;
  };
  return { ...real, readFile };
});

const never = new AbortController().signal;
let directory: string;
let lock: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tsbx-lock-"));
  lock = join(directory, ".lock.tsbx");
});
afterEach(async () => {
  afterLook = undefined;
  await rm(directory, { recursive: true });
});

async function deadProcess(): Promise<number> {
  const dead = spawn("true");
  await once(dead, "close");
  return dead.pid!;
}

/** Eight at once, of whom only one at a time may be inside. */
async function takeEightTimes(): Promise<void> {
  let inside = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const release = await holdOwnLock(lock, never);
      expect(++inside).toBe(1);
      await new Promise(setImmediate);
      inside--;
      await release();
    }),
  );
}

test("one at a time, and nothing is left", async () => {
  await takeEightTimes();
  expect(await readdir(directory)).toEqual([]);
});

test("of a process that died is taken over by one at a time, and nothing is left", async () => {
  await writeFile(lock, String(await deadProcess()));
  await takeEightTimes();
  expect(await readdir(directory)).toEqual([]);
});

test("whoever saw the dead holder before another took over does not get it, too", async () => {
  await writeFile(lock, String(await deadProcess()));
  let release = async () => {};
  // Its first look is old news when it gets on; with the third one it waits for the other to let go.
  const waits = new Promise<void>((resolve) => {
    afterLook = async () => {
      afterLook = undefined;
      release = await holdOwnLock(lock, never);
      let looks = 1;
      afterLook = async () => void (++looks === 3 && resolve());
    };
  });
  let taken = false;
  const late = holdOwnLock(lock, never).then((done) => {
    taken = true;
    return done;
  });
  await Promise.race([waits, late]);
  expect(taken).toBe(false);
  await release();
  await (await late)();
  expect(await readdir(directory)).toEqual([]);
});

test("a claim of a process that died in the middle of taking over is taken over, too", async () => {
  const [first, second] = [await deadProcess(), await deadProcess()];
  await writeFile(lock, String(first));
  await writeFile(`${lock}.${first}`, String(second));
  const release = await holdOwnLock(lock, never);
  await release();
  expect(await readdir(directory)).toEqual([]);
});

test("an abort ends the waiting with its reason, and leaves the holder's alone", async () => {
  const release = await holdOwnLock(lock, never);
  const abort = new AbortController();
  const waiting = holdOwnLock(lock, abort.signal);
  abort.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  expect(await readdir(directory)).toEqual([".lock.tsbx"]);
  await release();
});
