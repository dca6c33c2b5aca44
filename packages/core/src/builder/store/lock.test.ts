import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { withStoreLock } from "./lock.ts";

const never = new AbortController().signal;
let directory: string;
let lock: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tsbx-lock-"));
  lock = join(directory, ".lock");
});
afterEach(() => rm(directory, { recursive: true }));

describe("flock(2)", () => {
  test("keeps out a program that takes it", async () => {
    await withStoreLock(lock, undefined, never, async () => {
      const other = spawn("flock", ["--nonblock", lock, "true"], { stdio: "ignore" });
      expect((await once(other, "close"))[0]).toBe(1);
    });
    const other = spawn("flock", ["--nonblock", lock, "true"], { stdio: "ignore" });
    expect((await once(other, "close"))[0]).toBe(0);
  });

  test("waits for a program that has it", async () => {
    const script = 'echo held; cat; echo let go > "$0"';
    const other = spawn("flock", [lock, "sh", "-c", script, join(directory, "said")], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    await once(other.stdout, "data");
    const mine = withStoreLock(lock, undefined, never, () => readFile(join(directory, "said"), "utf8"));
    // Takes as long as getting the lock would.
    await once(spawn("flock", ["--nonblock", lock, "true"], { stdio: "ignore" }), "close");
    other.stdin.end();
    expect(await mine).toBe("let go\n");
  });

  test("an abort while waiting ends the waiting alone", async () => {
    const abort = new AbortController();
    await withStoreLock(lock, undefined, never, async () => {
      const waiting = withStoreLock(lock, undefined, abort.signal, async () => "never");
      abort.abort();
      await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
    });
    expect(await withStoreLock(lock, undefined, never, async () => "next")).toBe("next");
  });

  test("is released when the action fails", async () => {
    await expect(
      withStoreLock(lock, undefined, never, () => Promise.reject(new Error("broken"))),
    ).rejects.toThrow("broken");
    expect(await withStoreLock(lock, undefined, never, async () => "next")).toBe("next");
  });
});

test("a lock file that cannot be opened is named", async () => {
  await mkdir(lock);
  await expect(withStoreLock(lock, undefined, never, async () => {})).rejects.toMatchObject({
    code: "STORE_UNWRITABLE",
    message: expect.stringContaining(lock),
  });
});

test.each([
  ["flock(2)'s", process.env.PATH, ""],
  ["a file's, where flock(2) is out of reach", "/nonexistent", ".tsbx"],
])("waiting for a lock ends after a minute, and it is named: %s", async (_, path, suffix) => {
  vi.stubEnv("PATH", path);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    await withStoreLock(lock, undefined, never, async () => {
      const before = (await readdir(directory)).length;
      let ended = false;
      const waiting = withStoreLock(lock, undefined, never, async () => {}).catch((error) => {
        ended = true;
        return error;
      });
      // Who waits for a file has one of its own.
      while (suffix && (await readdir(directory)).length === before);
      await vi.advanceTimersByTimeAsync(59_000);
      await new Promise(setImmediate);
      expect(ended).toBe(false);
      await vi.advanceTimersByTimeAsync(1000);
      expect(await waiting).toMatchObject({
        code: "STORE_LOCKED",
        message: `the builder store is locked by another process: ${lock}${suffix}`,
      });
    });
  } finally {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  }
});
