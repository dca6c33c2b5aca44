import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GoMode } from "./go-mode.ts";
import { dir, file, hardLink, MTIME, ScriptedSender, symlink } from "./scripted-sender.test.support.ts";
import { unprivileged } from "./unprivileged.test.support.ts";

let dest: string;

beforeEach(() => {
  dest = mkdtempSync(join(tmpdir(), "tsbx-receiver-"));
});

afterEach(() => {
  rmSync(dest, { recursive: true, force: true });
});

const at = (path: string) => join(dest, path);
const modeOf = (path: string) => lstatSync(at(path)).mode & 0o7777;
const mtimeOf = (path: string) => lstatSync(at(path)).mtimeMs;
const LARGE = Buffer.alloc(700 * 1024, "large");

test("the modes, special bits and read-only ones included", async () => {
  const { SETUID, SETGID, STICKY } = GoMode;
  const sender = new ScriptedSender(dest)
    .stat(
      dir("readonly", 0o555),
      file("readonly/f", 0o444),
      dir("readonly/sub", 0o500),
      file("readonly/sub/g", 0),
      dir("sticky", STICKY + 0o777),
      file("u", SETUID + 0o755),
      file("ug", SETUID + SETGID + 0o711),
    )
    .endOfListing()
    .data(1, "f")
    .data(1)
    .data(3, LARGE)
    .data(3)
    .data(5)
    .data(6, LARGE)
    .data(6);
  await sender.end();
  const paths = ["readonly", "readonly/f", "readonly/sub", "readonly/sub/g", "sticky", "u", "ug"];
  expect(paths.map((path) => modeOf(path).toString(8))).toEqual([
    "555",
    "444",
    "500",
    "0",
    "1777",
    "4755",
    "6711",
  ]);
});

test("the times of files, directories and symlinks", async () => {
  const times = { f: MTIME, g: MTIME + 1_000_000n, h: -86_400_500_000_000n, i: 0n };
  const sender = new ScriptedSender(dest).stat(
    { ...dir("d"), mtime: MTIME - 5_000_000_000n },
    file("d/x"),
    { ...file("f"), mtime: times.f },
    { ...file("g"), mtime: times.g },
    { ...file("h"), mtime: times.h },
    { ...file("i"), mtime: times.i },
    { ...symlink("l", "nowhere"), mtime: MTIME - 7_000_000_000n },
  );
  for (const id of [1, 2, 4, 5]) sender.data(id);
  sender.endOfListing().data(3, LARGE).data(3);
  await sender.end();
  for (const [path, time] of Object.entries(times))
    expect(mtimeOf(path), path).toBeCloseTo(Number(time) / 1e6, 2);
  expect(lstatSync(at("g")).mtime.getTime()).toBe(Number(times.g) / 1e6);
  expect(mtimeOf("d")).toBe(Number(MTIME) / 1e6 - 5000);
  expect(mtimeOf("l")).toBe(Number(MTIME) / 1e6 - 7000);
});

test("what is there and not in the tree stays; what is in both is replaced", async () => {
  mkdirSync(at("d"), { mode: 0o700 });
  writeFileSync(at("d/old"), "old");
  writeFileSync(at("d/both"), "old and longer", { mode: 0o600 });
  const old = lstatSync(at("d/both")).ino;
  await new ScriptedSender(dest)
    .stat(dir("d", 0o750), file("d/both", 0o640), file("d/new"))
    .endOfListing()
    .data(1, "new")
    .data(1)
    .data(2, "new")
    .data(2)
    .end();
  expect(readdirSync(at("d")).sort()).toEqual(["both", "new", "old"]);
  expect(readFileSync(at("d/old"), "utf8")).toBe("old");
  expect(readFileSync(at("d/both"), "utf8")).toBe("new");
  expect([modeOf("d"), modeOf("d/both")]).toEqual([0o750, 0o640]);
  // Whoever has the old file open keeps it whole.
  expect(lstatSync(at("d/both")).ino).not.toBe(old);
});

test("the same tree a second time, though its directories are read-only", async () => {
  for (const content of ["one", "two"]) {
    await new ScriptedSender(dest)
      .stat(dir("d", 0o555), dir("d/e", 0o500), file("d/e/f", 0o400), symlink("d/l", "f"))
      .endOfListing()
      .data(2, content)
      .data(2)
      .end();
    expect(readFileSync(at("d/e/f"), "utf8")).toBe(content);
    expect([modeOf("d"), modeOf("d/e")]).toEqual([0o555, 0o500]);
  }
});

test("types that changed: file, directory and symlink take each other's place", async () => {
  for (const name of ["dir-to-big", "dir-to-file", "dir-to-hard", "dir-to-link"]) {
    mkdirSync(at(`${name}/full`), { recursive: true });
    writeFileSync(at(`${name}/full/x`), "x");
  }
  writeFileSync(at("file-to-dir"), "x");
  writeFileSync(at("file-to-link"), "x");
  symlinkSync("file-to-dir", at("link-to-dir"));
  symlinkSync("file-to-dir", at("link-to-file"));
  await new ScriptedSender(dest)
    .stat(
      file("a"),
      file("dir-to-big"),
      file("dir-to-file"),
      hardLink("dir-to-hard", "a"),
      symlink("dir-to-link", "a"),
      dir("file-to-dir"),
      file("file-to-dir/in"),
      symlink("file-to-link", "a"),
      dir("link-to-dir"),
      file("link-to-file"),
    )
    .endOfListing()
    .data(0, "a")
    .data(0)
    .data(1, LARGE)
    .data(1)
    .data(2)
    .data(6, "in")
    .data(6)
    .data(9)
    .end();
  const kinds = readdirSync(dest, { withFileTypes: true }).map((entry) => {
    return `${entry.name} ${entry.isDirectory() ? "dir" : entry.isSymbolicLink() ? "link" : "file"}`;
  });
  expect(kinds.sort()).toEqual([
    "a file",
    "dir-to-big file",
    "dir-to-file file",
    "dir-to-hard file",
    "dir-to-link link",
    "file-to-dir dir",
    "file-to-link link",
    "link-to-dir dir",
    "link-to-file file",
  ]);
  expect(readFileSync(at("file-to-dir/in"), "utf8")).toBe("in");
});

test("chunks of several files come mixed, and files are asked for before the listing ends", async () => {
  const sender = new ScriptedSender(dest).stat(...Array.from({ length: 300 }, (_, i) => file(`${1000 + i}`)));
  expect(await sender.requested(0)).toBe(true);
  for (const chunk of ["a", "b", LARGE, "c"]) for (const id of [0, 1, 2]) sender.data(id, chunk);
  sender.endOfListing();
  for (let id = 0; id < 300; id++) sender.data(id);
  await sender.end();
  const whole = Buffer.concat([Buffer.from("ab"), LARGE, Buffer.from("c")]);
  for (const name of ["1000", "1001", "1002"]) expect(readFileSync(at(name)).equals(whole)).toBe(true);
  expect(readFileSync(at("1299")).length).toBe(0);
});

test("hard links share the file, and replace what was there", async () => {
  writeFileSync(at("c"), "old");
  await new ScriptedSender(dest)
    .stat(file("a"), hardLink("b", "a"), hardLink("c", "a"), dir("d"), hardLink("d/e", "a"))
    .endOfListing()
    .data(0, "shared")
    .data(0)
    .end();
  const inodes = ["a", "b", "c", "d/e"].map((path) => lstatSync(at(path)).ino);
  expect(new Set(inodes).size).toBe(1);
  expect(readFileSync(at("c"), "utf8")).toBe("shared");
});

test("a link between directories deeper than the receiver keeps open", async () => {
  const chain = (top: string) => Array.from({ length: 150 }, (_, i) => top + "/d".repeat(i));
  const [source, target] = [chain("s"), chain("t")];
  const content = `${source.at(-1)}/file`;
  await new ScriptedSender(dest)
    .stat(
      ...source.map((path) => dir(path)),
      file(content),
      ...target.map((path) => dir(path)),
      hardLink(`${target.at(-1)}/link`, content),
      file(`${target.at(-1)}/z`),
    )
    .endOfListing()
    .data(150, "deep")
    .data(150)
    .data(302, LARGE)
    .data(302)
    .end();
  expect(readFileSync(at(`${target.at(-1)}/link`), "utf8")).toBe("deep");
  expect(lstatSync(at(content)).nlink).toBe(2);
  expect(lstatSync(at(`${target.at(-1)}/z`)).size).toBe(LARGE.length);
});

test("devices and pipes are reported and left out", async () => {
  const warnings: string[] = [];
  const sender = new ScriptedSender(dest, { onWarning: (text) => warnings.push(text) }).stat(
    { path: "dev", mode: GoMode.DEVICE + GoMode.CHAR_DEVICE + 0o600, devmajor: 1, devminor: 3 },
    { path: "pipe", mode: GoMode.NAMED_PIPE + 0o600 },
  );
  await sender.endOfListing().end();
  expect(readdirSync(dest)).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining("dev"), expect.stringContaining("pipe")]);
});

test("two transfers into one directory at a time", async () => {
  const names = Array.from({ length: 100 }, (_, i) => `shared/${100 + i}`);
  const start = (own: string) =>
    new ScriptedSender(dest).stat(
      dir(own),
      file(`${own}/f`),
      dir("shared"),
      ...names.map((path) => file(path)),
    );
  const senders = [start("a"), start("b")];
  for (const sender of senders) sender.data(1, LARGE);
  for (let id = 3; id < 103; id++)
    for (const [i, sender] of senders.entries()) sender.data(id, `${i}`).data(id);
  for (const sender of senders) sender.data(1).endOfListing();
  await Promise.all(senders.map((sender) => sender.end()));
  expect(readdirSync(dest).sort()).toEqual(["a", "b", "shared"]);
  expect(readdirSync(at("shared")).length).toBe(100);
  for (const own of ["a/f", "b/f"]) expect(readFileSync(at(own)).equals(LARGE)).toBe(true);
});

test("a destination that is missing is made, for its owner only", async () => {
  const inner = at("new/er");
  await new ScriptedSender(inner).stat(file("f")).endOfListing().data(0, "x").data(0).end();
  expect(readFileSync(join(inner, "f"), "utf8")).toBe("x");
  expect(lstatSync(inner).mode & 0o777).toBe(0o700);
});

test("a destination that is a symlink is followed", async () => {
  mkdirSync(at("real"));
  symlinkSync("real", at("link"));
  await new ScriptedSender(at("link")).stat(file("f")).endOfListing().data(0).end();
  expect(readdirSync(at("real"))).toEqual(["f"]);
});

test("a destination that is a file stays one", async () => {
  writeFileSync(at("ü"), "x");
  const sender = new ScriptedSender(at("ü")).stat(file("f")).endOfListing();
  await expect(sender.end()).rejects.toMatchObject({
    code: "EXPORT_FAILED",
    message: expect.stringMatching(/^cannot write .*\/ü: file already exists$/) as string,
  });
  expect(readFileSync(at("ü"), "utf8")).toBe("x");
});

test("a name that is too long is named in the error, and leaves nothing", async () => {
  const name = "n".repeat(300);
  for (const content of ["x", LARGE]) {
    const sender = new ScriptedSender(dest).stat(file(name)).endOfListing().data(0, content).data(0);
    await expect(sender.end()).rejects.toMatchObject({
      code: "EXPORT_FAILED",
      message: expect.stringMatching(/^cannot write nnn.*: name too long$/),
    });
  }
  expect(readdirSync(dest)).toEqual([]);
});

test("the longest name that there can be is replaced like others", async () => {
  const name = "n".repeat(255);
  writeFileSync(at(name), "old");
  await new ScriptedSender(dest).stat(file(name)).endOfListing().data(0, LARGE).data(0).end();
  expect(lstatSync(at(name)).size).toBe(LARGE.length);
});

test("a directory without permission fails with its path", async () => {
  chmodSync(dest, 0o500);
  await unprivileged([dest], async () => {
    const sender = new ScriptedSender(dest).stat(file("f")).endOfListing().data(0).end();
    await expect(sender).rejects.toThrow("cannot write f: permission denied");
  });
  chmodSync(dest, 0o700);
});
