import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dir, file, hardLink, ScriptedSender, symlink } from "./scripted-sender.test.support.ts";
import { snapshot } from "./tree-snapshot.test.support.ts";

let base: string;
let dest: string;
let outside: string;
let before: Record<string, string>;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "tsbx-receiver-"));
  dest = join(base, "dest");
  outside = join(base, "outside");
  mkdirSync(dest);
  mkdirSync(join(outside, "sub"), { recursive: true });
  writeFileSync(join(outside, "secret"), "secret");
  before = snapshot(outside);
});

afterEach(() => {
  const after = snapshot(outside);
  const siblings = Object.keys(snapshot(base)).filter((path) => !path.includes("/"));
  const leftovers = Object.keys(snapshot(dest)).filter((path) => path.includes(".tsbx-"));
  rmSync(base, { recursive: true, force: true });
  expect(after, "nothing outside the destination changes").toEqual(before);
  expect(siblings, "nothing appears beside the destination").toEqual(["dest", "outside"]);
  expect(leftovers, "no temporary file is left").toEqual([]);
});

/** A big chunk: the file is written under its temporary name from here on. */
const MANY = Buffer.alloc(600 * 1024, "x");

describe("paths", () => {
  test.each([
    ["/etc/passwd", "absolute path"],
    ["/", "absolute path"],
    ["..", "unclean path"],
    ["../outside/new", "unclean path"],
    ["a/../../outside/new", "unclean path"],
    ["a/..", "unclean path"],
    [".", "unclean path"],
    ["./b", "unclean path"],
    ["a//b", "unclean path"],
    ["a/./b", "unclean path"],
    ["a/b/", "unclean path"],
    ["b/", "unclean path"],
    ["b\0c", "unclean path"],
    ["", "unclean path"],
    ["missing/x", "its directory was not sent"],
    ["a/missing/x", "its directory was not sent"],
  ])("%j is refused", async (path, problem) => {
    for (const entry of [file(path), dir(path), symlink(path, "../outside"), hardLink(path, "a/f")]) {
      const sender = new ScriptedSender(dest).stat(dir("a"), entry).endOfListing();
      await expect(sender.end()).rejects.toMatchObject({
        code: "UNSAFE_PATH",
        message: expect.stringContaining(problem),
      });
    }
    expect(Object.keys(snapshot(dest))).toEqual(["a"]);
  });

  test.each([
    ["the same again", [dir("a"), dir("a")]],
    ["backwards", [file("b"), file("a")]],
    ["back in a directory that is done", [dir("a"), file("b"), file("a/x")]],
    ["a directory's entry after a sibling that sorts behind it", [dir("a"), file("a-b"), file("a/x")]],
    ["a prefix later", [file("ab"), file("a")]],
  ])("out of order: %s", async (_, entries) => {
    const sender = new ScriptedSender(dest).stat(...entries);
    await expect(sender.end()).rejects.toMatchObject({ code: "UNSAFE_PATH" });
  });

  test("in order: an entry of a directory before names that continue the directory's", async () => {
    const sender = new ScriptedSender(dest)
      .stat(dir("a"), dir("a/b"), file("a/b/c"), file("a/b-c"), file("a-b"), file("a.txt"))
      .endOfListing();
    for (const id of [2, 3, 4, 5]) sender.data(id, "x").data(id);
    await sender.end();
    expect(Object.keys(snapshot(dest)).sort()).toEqual(["a", "a-b", "a.txt", "a/b", "a/b-c", "a/b/c"]);
  });
});

describe("symlinks", () => {
  test.each(["../outside", "/", "dir"])("no entry goes below one that was sent (to %s)", async (target) => {
    const sender = new ScriptedSender(dest).stat(dir("dir"), symlink("link", target), file("link/new"));
    await expect(sender.end()).rejects.toMatchObject({ code: "UNSAFE_PATH" });
    expect(Object.keys(snapshot(dest))).toEqual(["dir", "link"]);
  });

  test("one that is there already makes room for a directory", async () => {
    symlinkSync(outside, join(dest, "d"));
    symlinkSync(outside, join(dest, "e"));
    const sender = new ScriptedSender(dest)
      .stat(dir("d", 0o700), file("d/secret"), dir("d/sub"), file("d/sub/x"), symlink("e", "elsewhere"))
      .endOfListing()
      .data(1, "new")
      .data(1)
      .data(3);
    await sender.end();
    expect(lstatSync(join(dest, "d")).isDirectory()).toBe(true);
    expect(readFileSync(join(dest, "d/secret"), "utf8")).toBe("new");
  });

  test("one that is there already makes room for a file", async () => {
    symlinkSync(join(outside, "secret"), join(dest, "f"));
    symlinkSync(join(outside, "big"), join(dest, "g"));
    const sender = new ScriptedSender(dest)
      .stat(file("f", 0o777), file("g"))
      .endOfListing()
      .data(0, "new")
      .data(0)
      .data(1, MANY)
      .data(1);
    await sender.end();
    expect(lstatSync(join(dest, "f")).isFile()).toBe(true);
    expect(lstatSync(join(dest, "g")).size).toBe(MANY.length);
  });

  test.runIf(process.platform === "linux").each([
    ["small", Buffer.from("evil")],
    ["large", MANY],
  ])("a directory swapped for one before the data arrives (%s)", async (_, content) => {
    const sender = new ScriptedSender(dest).stat(dir("d"), file("d/secret"));
    sender.endOfListing();
    expect(await sender.requested(1)).toBe(true);
    renameSync(join(dest, "d"), join(dest, "moved"));
    symlinkSync(outside, join(dest, "d"));
    sender.data(1, content).data(1);
    // The file goes to the directory that was made for it, or nowhere.
    await sender.end().catch(() => {});
  });

  test("a directory swapped for one in the middle of a large file", async () => {
    const sender = new ScriptedSender(dest).stat(dir("d"), file("d/secret")).endOfListing();
    await sender.requested(1);
    sender.data(1, MANY).data(1, MANY);
    renameSync(join(dest, "d"), join(dest, "moved"));
    symlinkSync(outside, join(dest, "d"));
    sender.data(1);
    await sender.end().catch(() => {});
  });

  test("a directory swapped for one before its attributes are set", async () => {
    const sender = new ScriptedSender(dest).stat(dir("d", 0o777), file("f")).endOfListing();
    await sender.requested(1);
    renameSync(join(dest, "d"), join(dest, "moved"));
    symlinkSync(outside, join(dest, "d"));
    await expect(sender.data(1).end()).rejects.toThrow();
  });
});

describe("hard links", () => {
  test.each([
    "/etc/passwd",
    "../outside/secret",
    "d/../../outside/secret",
    ".",
    "..",
    "./f",
    "d//f",
    "unknown",
    "z",
    "d",
    "link",
    "link/secret",
    "there",
    "f\0",
    "hard",
  ])("to %j is refused", async (target) => {
    writeFileSync(join(dest, "there"), "not of this transfer");
    const sender = new ScriptedSender(dest)
      .stat(
        dir("d"),
        file("f"),
        hardLink("hard", "f"),
        symlink("link", outside),
        hardLink("x", target),
        file("z"),
      )
      .endOfListing()
      .data(1, "content")
      .data(1)
      .data(5);
    await expect(sender.end()).rejects.toMatchObject({ code: "UNSAFE_PATH" });
    expect(Object.keys(snapshot(dest))).not.toContain("x");
  });

  test("to a file that was swapped for a symlink meanwhile", async () => {
    const sender = new ScriptedSender(dest).stat(file("a"), file("b"), hardLink("c", "a")).endOfListing();
    await sender.requested(0);
    sender.data(0, "a").data(0);
    await sender.requested(1);
    rmSync(join(dest, "a"), { force: true });
    symlinkSync(join(outside, "secret"), join(dest, "a"));
    sender.data(1);
    await sender.end().catch(() => {});
    expect(lstatSync(join(outside, "secret")).nlink).toBe(1);
  });

  test("a file that is another's hard link is replaced, not written to", async () => {
    linkSync(join(outside, "secret"), join(dest, "f"));
    before = snapshot(outside);
    await new ScriptedSender(dest).stat(file("f", 0o600)).endOfListing().data(0, "new").data(0).end();
    expect(readFileSync(join(dest, "f"), "utf8")).toBe("new");
    expect(lstatSync(join(dest, "f")).nlink).toBe(1);
  });
});

describe("protocol", () => {
  test("data for what was not asked for", async () => {
    const started = () =>
      new ScriptedSender(dest).stat(dir("d"), file("f"), hardLink("g", "f")).endOfListing();
    for (const id of [0, 2, 3, 0xffffffff]) {
      await expect(started().data(id, "x").end()).rejects.toThrow(`data for file ${id}`);
    }
    const twice = started().data(1, "x").data(1).data(1, "y");
    await expect(twice.end()).rejects.toThrow("data for file 1");
    expect(readFileSync(join(dest, "f"), "utf8")).toBe("x");
  });

  test.each([
    ["a varint without an end", [0x08, 0x80]],
    ["a varint of eleven bytes", [0x08, ...Array<number>(11).fill(0xff)]],
    ["more bytes than there are", [0x22, 0x7f, 0x00]],
    ["more bytes than can be", [0x22, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ["a group", [0x0b, 0x0c]],
    ["a stat cut short", [0x12, 0x02, 0x0a, 0x05]],
    ["a stat that is no message", [0x10, 0x01, 0x12, 0x01, 0xff]],
  ])("malformed packet: %s", async (_, bytes) => {
    await expect(new ScriptedSender(dest).raw(...bytes).end()).rejects.toThrow("malformed packet");
  });

  test("fields that are not known are passed over", async () => {
    await new ScriptedSender(dest).raw(0x98, 0x06, 0x01, 0x91, 0x06, 1, 2, 3, 4, 5, 6, 7, 8).end();
    expect(snapshot(dest)).toEqual({});
  });

  test("entries after the end of the listing", async () => {
    const sender = new ScriptedSender(dest).endOfListing().stat(file("late"));
    await expect(sender.end()).rejects.toThrow("after the end of the listing");
    expect(snapshot(dest)).toEqual({});
  });

  test("the sender's error", async () => {
    const sender = new ScriptedSender(dest).stat(file("f")).data(0, MANY).error("disk on fire");
    await expect(sender.end()).rejects.toMatchObject({
      code: "EXPORT_FAILED",
      message: expect.stringContaining("disk on fire"),
    });
    expect(snapshot(dest)).toEqual({});
  });

  test.each([
    ["before the end of the listing", (sender: ScriptedSender) => sender.stat(file("f"))],
    ["before the file", (sender: ScriptedSender) => sender.stat(file("f")).endOfListing()],
    ["in a small file", (sender: ScriptedSender) => sender.stat(file("f")).endOfListing().data(0, "x")],
    ["in a large file", (sender: ScriptedSender) => sender.stat(file("f")).endOfListing().data(0, MANY)],
  ])("a call that ends %s", async (_, send) => {
    const sender = new ScriptedSender(dest);
    await expect(send(sender).hangUp()).rejects.toThrow("before it was complete");
    expect(snapshot(dest)).toEqual({});
  });
});
