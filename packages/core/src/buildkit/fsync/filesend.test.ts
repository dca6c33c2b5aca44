import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bytesMessageHeader } from "../session/bytes-message.ts";
import { servedCall } from "../session/served-call.test.support.ts";
import { memoryStreamPair } from "../transport/memory-stream.ts";
import { Metadata } from "../transport/metadata.ts";
import { type ExportTarget, fileSendHandlers } from "./filesend.ts";
import { sendTree } from "./sender.ts";

const METHOD = "/moby.filesync.v1.FileSend/DiffCopy";
let base: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "tsbx-filesend-"));
});

afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

const bytes = (...parts: Array<string | Buffer>) =>
  parts.map((part) =>
    Buffer.concat([bytesMessageHeader(Buffer.byteLength(part)), Buffer.from(part as string)]),
  );

function send(target: ExportTarget, messages: Buffer[], exporter?: string): Promise<unknown> {
  const handlers = fileSendHandlers(new Map([[0, target]]));
  const metadata: Record<string, string> =
    exporter === undefined ? {} : { "buildkit-attachable-exporter-id": exporter };
  return servedCall(handlers, METHOD, messages, metadata);
}

test("a file appears complete, in a directory that is made for it", async () => {
  const dest = join(base, "new/dir/out.tar");
  const parts = [Buffer.alloc(1_500_000, "a"), Buffer.from("b"), Buffer.alloc(3_000_000, "c")];
  await send({ kind: "file", dest }, bytes(...parts));
  expect(readFileSync(dest).equals(Buffer.concat(parts))).toBe(true);
  expect(readdirSync(join(base, "new/dir"))).toEqual(["out.tar"]);
  expect(statSync(dest).mode & 0o111).toBe(0);
});

test("a file that was there is replaced only by a complete one", async () => {
  const dest = join(base, "out.tar");
  writeFileSync(dest, "old");
  const broken = send({ kind: "file", dest }, [...bytes("new"), Buffer.from([0x12, 0])]);
  await expect(broken).rejects.toThrow("unexpected field");
  expect(readFileSync(dest, "utf8")).toBe("old");
  await send({ kind: "file", dest }, bytes("new"));
  expect(readFileSync(dest, "utf8")).toBe("new");
  expect(readdirSync(base)).toEqual(["out.tar"]);
});

test("no file when nothing came; an empty one when empty data came", async () => {
  await send({ kind: "file", dest: join(base, "nothing") }, []);
  await send({ kind: "file", dest: join(base, "empty") }, [Buffer.alloc(0)]);
  expect(readdirSync(base)).toEqual(["empty"]);
});

test("a file that cannot be put in its place leaves nothing", async () => {
  mkdirSync(join(base, "dir/full"), { recursive: true });
  await expect(send({ kind: "file", dest: join(base, "dir") }, bytes("x"))).rejects.toThrow();
  expect(readdirSync(base)).toEqual(["dir"]);
});

test("a file that was there keeps its permissions, and a symlink to it stays", async () => {
  const dest = join(base, "out.tar");
  writeFileSync(dest, "old");
  chmodSync(dest, 0o600);
  symlinkSync("out.tar", join(base, "link"));
  await send({ kind: "file", dest: join(base, "link") }, bytes("new"));
  expect(readFileSync(dest, "utf8")).toBe("new");
  expect(statSync(dest).mode & 0o777).toBe(0o600);
  expect(lstatSync(join(base, "link")).isSymbolicLink()).toBe(true);
});

test.skipIf(process.platform === "win32")("a pipe is written to, and stays one", async () => {
  const dest = join(base, "pipe");
  expect(spawnSync("mkfifo", [dest]).status).toBe(0);
  const read = readFile(dest, "utf8");
  await send({ kind: "file", dest }, bytes("through", " the pipe"));
  expect(await read).toBe("through the pipe");
  expect(lstatSync(dest).isFIFO()).toBe(true);
  expect(readdirSync(base)).toEqual(["pipe"]);
});

test("a stream gets all of it, and its end", async () => {
  const stream = new PassThrough({ highWaterMark: 10 });
  const collected = buffer(stream);
  await send({ kind: "stream", stream }, bytes("a".repeat(100), "", "b"));
  expect((await collected).toString()).toBe(`${"a".repeat(100)}b`);
});

test("a stream that breaks fails the call", async () => {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(new Error("pipe is broken")),
    highWaterMark: 1,
  });
  await expect(send({ kind: "stream", stream }, bytes("a", "b", "c"))).rejects.toThrow("pipe is broken");
});

test("exporters are told apart by their id, and one that was not offered is refused", async () => {
  const dest = join(base, "f");
  for (const id of ["1", "x", "-1"]) {
    await expect(send({ kind: "file", dest }, bytes("x"), id)).rejects.toMatchObject({ code: 5 });
  }
  expect(readdirSync(base)).toEqual([]);
  expect(fileSendHandlers(new Map()).size).toBe(0);
});

test("a directory", async () => {
  const handlers = fileSendHandlers(new Map([[2, { kind: "directory", dest: join(base, "out") }]]));
  const metadata = Metadata.of([["buildkit-attachable-exporter-id", "2"]]);
  const { client, server } = memoryStreamPair(metadata, METHOD);
  const files = new Map([["d/f", Buffer.from("content")]]);
  const sending = sendTree(client, { files }, { include: [], exclude: [], follow: [] });
  await Promise.all([
    sending.finally(() => client.end()),
    handlers.get(METHOD)!(server).finally(() => server.end()),
  ]);
  expect(readFileSync(join(base, "out/d/f"), "utf8")).toBe("content");
});
