import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { memoryStreamPair } from "../transport/memory-stream.ts";
import { decodePacket, PacketType } from "./packet.ts";
import { receiveTree } from "./receiver.ts";
import { type SendOptions, sendTree } from "./sender.ts";
import type { SentTree } from "./sent-tree.ts";
import { setTimes, snapshot } from "./tree-snapshot.test.support.ts";
import { unprivileged } from "./unprivileged.test.support.ts";
import { type TreeFilter, walkTree } from "./walk.ts";

let base: string;
let root: string;
let dest: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "tsbx-transfer-"));
  root = join(base, "root");
  dest = join(base, "dest");
  mkdirSync(root);
});

afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

const NOTHING: TreeFilter = { include: [], exclude: [], follow: [] };

function put(path: string, content: string | Buffer = "", mode = 0o644): void {
  writeFileSync(join(root, path), content);
  chmodSync(join(root, path), mode);
}

async function transfer(filter: Partial<TreeFilter> = {}, options: SendOptions = {}): Promise<SentTree> {
  setTimes(root);
  const { client, server } = memoryStreamPair();
  const sending = sendTree(client, { root }, { ...NOTHING, ...filter }, options).finally(() => client.end());
  const receiving = receiveTree(server, dest).finally(() => server.end());
  const [stats] = await Promise.all([sending, receiving]);
  return stats;
}

const listing = (filter: Partial<TreeFilter> = {}) =>
  [...walkTree(root, { ...NOTHING, ...filter })].filter((entry) => entry !== undefined);

describe("a tree arrives as it was", () => {
  test("hard links, symlinks, modes and times", async () => {
    mkdirSync(join(root, "dir/sub/empty"), { recursive: true });
    put("dir/a", "a", 0o4755);
    linkSync(join(root, "dir/a"), join(root, "dir/b"));
    linkSync(join(root, "dir/a"), join(root, "z"));
    symlinkSync("nowhere", join(root, "dangling"));
    symlinkSync("loop", join(root, "loop"));
    symlinkSync("..", join(root, "dir/up"));
    symlinkSync("/etc/passwd", join(root, "absolute"));
    put("readonly", "r", 0o400);
    chmodSync(join(root, "dir/sub"), 0o3770);
    const stats = await transfer();
    expect(snapshot(dest)).toEqual(snapshot(root));
    expect(stats).toEqual({ entries: 11, files: 2, bytes: 2 });
  });

  test("files around the sizes where the transfer changes its ways", async () => {
    const sizes = [0, 1, 127, 128, 65535, 65536, 65537, 262143, 262144, 262145, 524288, 1048577, 3145728];
    for (const size of sizes) {
      put(`${size}`, Buffer.alloc(size, `${size},`));
    }
    for (let i = 0; i < 500; i++) put(`small-${i}`, `${i}`.repeat(i));
    await transfer();
    expect(snapshot(dest)).toEqual(snapshot(root));
  });

  test("long paths, and names that are not ASCII or not even UTF-8", async () => {
    let path = "";
    for (const name of ["a".repeat(150), "b".repeat(150), "ü".repeat(100)]) {
      path = join(path, name);
      mkdirSync(join(root, path));
    }
    put(join(path, "emoji 😀\ttab\nnewline"), "x");
    put("\u{10000}", "astral");
    put("\uffee", "below astral in UTF-8, above it in UTF-16");
    writeFileSync(Buffer.concat([Buffer.from(`${root}/bad-`), Buffer.from([0xff, 0xfe, 0x80])]), "bytes");
    mkdirSync(Buffer.concat([Buffer.from(`${root}/dir-`), Buffer.from([0xc3, 0x28])]));
    const inside = Buffer.concat([Buffer.from(`${root}/dir-`), Buffer.from([0xc3, 0x28]), Buffer.from("/f")]);
    writeFileSync(inside, Buffer.alloc(100_000, "y"));
    symlinkSync(Buffer.from([0xe9, 0x31]), join(root, "link"));
    await transfer();
    expect(snapshot(dest)).toEqual(snapshot(root));
    const names = listing().map((entry) => entry.path);
    expect(names.indexOf(Buffer.from("\uffee").toString("latin1"))).toBeLessThan(
      names.indexOf(Buffer.from("\u{10000}").toString("latin1")),
    );
  });

  test("an empty tree, and a root that is a symlink", async () => {
    expect(await transfer()).toEqual({ entries: 0, files: 0, bytes: 0 });
    expect(readdirSync(dest)).toEqual([]);
    put("f", "f");
    symlinkSync(root, join(base, "link"));
    const real = root;
    root = join(base, "link");
    await transfer();
    expect(snapshot(dest)).toEqual(snapshot(real));
  });

  test("more entries than go in one batch", async () => {
    for (let i = 0; i < 30; i++) {
      mkdirSync(join(root, `dir-${i}`));
      for (let j = 0; j < 60; j++) put(`dir-${i}/${"name".repeat(20)}-${j}`, `${i} ${j}`);
    }
    expect(await transfer()).toMatchObject({ entries: 1830, files: 1800 });
    expect(snapshot(dest)).toEqual(snapshot(root));
  });
});

describe("what a tree has to be made of", () => {
  test("the first sent name of a file is the original, whatever the filter left out", async () => {
    put("a", "shared");
    for (const name of ["b", "c"]) linkSync(join(root, "a"), join(root, name));
    const linknames = (filter: Partial<TreeFilter>) =>
      listing(filter).map((entry) => [entry.path, entry.linkname]);
    expect(linknames({})).toEqual([
      ["a", ""],
      ["b", "a"],
      ["c", "a"],
    ]);
    expect(linknames({ exclude: ["a"] })).toEqual([
      ["b", ""],
      ["c", "b"],
    ]);
    await transfer({ exclude: ["a"] });
    expect(snapshot(dest)).toEqual({
      b: expect.stringMatching(/^file 644 \d+ 6 /) as string,
      c: "link to b",
    });
  });

  test("sockets are empty files, pipes are pipes, and neither is waited for", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, "socket"), resolve));
    try {
      const made = spawnSync("mkfifo", [join(root, "pipe")]).status === 0;
      const entries = listing().map(({ path, mode, size }) => [path, (mode & 0x8f280000) >>> 0, size]);
      expect(entries).toEqual([...(made ? [["pipe", 0x02000000, 0]] : []), ["socket", 0, 0]]);
      await transfer();
      expect(readdirSync(dest)).toEqual(["socket"]);
      expect(readFileSync(join(dest, "socket")).length).toBe(0);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test(".fsutil-metadata is left out at the root only", () => {
    put(".fsutil-metadata");
    mkdirSync(join(root, "d"));
    put("d/.fsutil-metadata");
    expect(listing().map((entry) => entry.path)).toEqual(["d", "d/.fsutil-metadata"]);
  });

  test("the declared size of directories is 0, of symlinks the length of their target", () => {
    mkdirSync(join(root, "d"));
    symlinkSync("target", join(root, "l"));
    expect(listing().map(({ path, size, mode }) => [path, size, mode])).toEqual([
      ["d", 0, 0x80000000 + 0o755],
      ["l", 6, 0x08000000 + 0o777],
    ]);
  });

  test("a root that is missing, or a file", () => {
    put("f");
    for (const path of ["missing", "f", "f/x"]) {
      const walk = () => [...walkTree(join(root, path), NOTHING)];
      expect(walk).toThrow(expect.objectContaining({ code: "UNREADABLE_PATH" }));
    }
  });

  test("what cannot be read is an error unless it is excluded", async () => {
    mkdirSync(join(root, "d"));
    chmodSync(join(root, "d"), 0);
    await unprivileged([base, root], () => {
      expect(() => listing()).toThrow("cannot read d");
      expect(listing({ exclude: ["d"] })).toEqual([]);
      expect(listing({ exclude: ["d", "!**/keep"] })).toEqual([]);
    });
    chmodSync(join(root, "d"), 0o700);
  });
});

describe("files that change between being listed and being read", () => {
  /** Answers like the daemon, and runs `meddle` after the listing and before the first request. */
  async function transferMeddled(meddle: () => void): Promise<{ warnings: string[]; files: Buffer[] }> {
    const { client, server } = memoryStreamPair();
    const warnings: string[] = [];
    const onWarning = (text: string) => warnings.push(text);
    const sending = sendTree(client, { root }, NOTHING, { onWarning });
    const files: Buffer[] = [];
    let open = 0;
    for await (const message of server.messages()) {
      const { type, stat, id, data } = decodePacket(message);
      if (type === PacketType.STAT && stat) files.push(Buffer.alloc(0));
      else if (type === PacketType.STAT) {
        meddle();
        open = files.length;
        for (const i of files.keys()) server.send(Buffer.from([8, PacketType.REQ, 0x18, i]));
      } else if (type === PacketType.DATA && data.length > 0) files[id] = Buffer.concat([files[id]!, data]);
      else if (type === PacketType.DATA && --open === 0) server.send(Buffer.from([8, PacketType.FIN]));
      else if (type === PacketType.FIN || type === PacketType.ERR) break;
    }
    await sending;
    return { warnings, files };
  }

  test.each([
    ["small", 1000],
    ["large", 1_500_000],
  ])("%s: vanished, shrunk, grown, swapped for a symlink or a directory", async (_, size) => {
    for (const name of ["dir", "grown", "link", "same", "shrunk", "vanished"])
      put(name, Buffer.alloc(size, name));
    const { warnings, files } = await transferMeddled(() => {
      for (const name of ["dir", "link", "vanished"]) rmSync(join(root, name));
      mkdirSync(join(root, "dir"));
      symlinkSync("same", join(root, "link"));
      truncateSync(join(root, "shrunk"), 100);
      appendFileSync(join(root, "grown"), "more");
    });
    expect(files.map((file) => file.length)).toEqual([0, size, 0, size, 100, 0]);
    for (const name of ["dir", "link", "shrunk", "vanished"]) {
      expect(
        warnings.some((text) => text.startsWith(`${name} `)),
        name,
      ).toBe(true);
    }
    expect(warnings.some((text) => text.startsWith("grown ") || text.startsWith("same "))).toBe(false);
  });

  test.each([
    ["never listed", [7]],
    ["a directory", [0]],
    ["the same twice", [1, 1]],
  ])("a request for %s fails the transfer", async (_, ids) => {
    mkdirSync(join(root, "d"));
    put("f", "f");
    const { client, server } = memoryStreamPair();
    const sending = sendTree(client, { root }, NOTHING);
    sending.catch(() => {});
    for await (const message of server.messages()) {
      if (message.length === 0) for (const id of ids) server.send(Buffer.from([8, PacketType.REQ, 0x18, id]));
      if (decodePacket(message).type === PacketType.ERR) break;
    }
    await expect(sending).rejects.toThrow(`invalid file id ${ids.at(-1)}`);
  });

  test("a receiver that goes away, or fails, ends the transfer", async () => {
    put("f", "f");
    for (const message of [undefined, Buffer.from([8, PacketType.ERR, 0x22, 2, 0x6e, 0x6f])]) {
      const { client, server } = memoryStreamPair();
      const sending = sendTree(client, { root }, NOTHING);
      if (message) server.send(message);
      server.end();
      await expect(sending).rejects.toThrow(message ? "the receiver failed: no" : "cancelled");
    }
  });
});

test("a listing that is no longer wanted is given up", async () => {
  let entries = 0;
  const readXattrs = () => {
    if (++entries === 64) server.end();
    // As slow as a large tree would be.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return [];
  };
  for (let i = 0; i < 300; i++) put(`${i}`);
  const { client, server } = memoryStreamPair();
  const sending = sendTree(client, { root }, NOTHING, { readXattrs }).finally(() => client.end());
  sending.catch(() => {});
  for await (const _ of server.messages());
  await expect(sending).rejects.toThrow("cancelled");
  expect(entries).toBeLessThan(300);
});

describe("files in memory", () => {
  test("arrive with their directories", async () => {
    const { client, server } = memoryStreamPair();
    const files = new Map([
      ["Dockerfile", Buffer.from("FROM scratch")],
      ["b/c/large", Buffer.alloc(700_000, "x")],
      ["b-a", Buffer.from("")],
      ["ü/f", Buffer.from("f")],
    ]);
    const sending = sendTree(client, { files }, { ...NOTHING, exclude: ["b-*"] }).finally(() => client.end());
    await Promise.all([sending, receiveTree(server, dest).finally(() => server.end())]);
    const paths = Object.keys(snapshot(dest)).map((path) => Buffer.from(path, "latin1").toString());
    expect(paths).toEqual(["Dockerfile", "b", "b/c", "b/c/large", "ü", "ü/f"]);
    expect(readFileSync(join(dest, "b/c/large")).length).toBe(700_000);
  });
});
