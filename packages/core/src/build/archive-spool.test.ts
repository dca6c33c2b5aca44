import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ArchiveSpool } from "./archive-spool.ts";

const { signal } = new AbortController();
const DATA = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251));
let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "tsbx-spool-"));
  vi.stubEnv("TMPDIR", temporary);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true, force: true });
});

async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < DATA.length; at += 1000) yield DATA.subarray(at, at + 1000);
}

async function all(spool: ArchiveSpool): Promise<Buffer> {
  const chunks = [];
  for await (const chunk of spool) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.each([
  ["in memory", 5000],
  ["in a file, but for nothing", 0],
  ["in a file from some point on", 2500],
])("an archive %s", (_, limit) => {
  it("is read by several at once, and again", async () => {
    const spool = await ArchiveSpool.read(pieces(), signal, limit);
    for (const read of await Promise.all([all(spool), all(spool)])) expect(read.equals(DATA)).toBe(true);
    expect((await all(spool)).equals(DATA)).toBe(true);
    await spool.close();
  });

  it.skipIf(process.platform === "win32")("leaves no file, even while it is open", async () => {
    const spool = await ArchiveSpool.read(pieces(), signal, limit);
    expect(await readdir(temporary)).toEqual([]);
    await spool.close();
  });
});

it("stops when it is told to, though the archive does not go on", async () => {
  const controller = new AbortController();
  async function* stuck() {
    yield DATA;
    controller.abort();
    await new Promise(() => {});
  }
  await expect(ArchiveSpool.read(stuck(), controller.signal, 0)).rejects.toMatchObject({ code: "ABORTED" });
  expect(await readdir(temporary)).toEqual([]);
});

it("passes on what is wrong with the archive", async () => {
  async function* broken() {
    yield DATA;
    throw new Error("no more");
  }
  await expect(ArchiveSpool.read(broken(), signal, 0)).rejects.toThrow("no more");
});

it("says what to do where there is no room", async () => {
  await rm(temporary, { recursive: true });
  await expect(ArchiveSpool.read(pieces(), signal, 0)).rejects.toMatchObject({
    code: "CONTEXT_NOT_KEPT",
    hint: expect.stringContaining("TMPDIR"),
  });
});
