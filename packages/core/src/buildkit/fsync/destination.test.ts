import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Destination } from "./destination.ts";

let base: string;
let dest: Destination;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "tsbx-destination-"));
  dest = new Destination(join(base, "dest"));
});

afterEach(() => {
  dest.close();
  rmSync(base, { recursive: true, force: true });
});

const at = (path: string) => join(base, path);

describe("removing", () => {
  test("takes all that is below a directory, and links without what they point to", () => {
    mkdirSync(at("outside"));
    writeFileSync(at("outside/kept"), "");
    let path = "dest/d";
    // More levels than there are directories kept open.
    for (let depth = 0; depth < 150; depth++) path += "/d";
    mkdirSync(at(path), { recursive: true });
    writeFileSync(at(`${path}/f`), "");
    writeFileSync(Buffer.concat([Buffer.from(at("dest/d/")), Buffer.from([0xff])]), "");
    symlinkSync(at("outside"), at("dest/d/link"));
    dest.remove("d");
    expect(readdirSync(at("dest"))).toEqual([]);
    expect(readdirSync(at("outside"))).toEqual(["kept"]);
  });

  test("a name that is free again can be used again", () => {
    mkdirSync(at("dest/d"));
    dest.pathOf("d/f");
    dest.remove("d");
    mkdirSync(at("dest/d"));
    writeFileSync(dest.pathOf("d/f"), "new");
    expect(readdirSync(at("dest/d"))).toEqual(["f"]);
  });

  test.runIf(process.platform === "linux")("stays in the directory that a symlink took the place of", () => {
    for (const tree of ["dest/d", "outside"]) {
      mkdirSync(at(`${tree}/sub`), { recursive: true });
      writeFileSync(at(`${tree}/sub/f`), "");
    }
    dest.pathOf("d/sub");
    renameSync(at("dest/d"), at("dest/moved"));
    symlinkSync(at("outside"), at("dest/d"));
    dest.remove("d/sub");
    expect(readdirSync(at("outside/sub"))).toEqual(["f"]);
    expect(readdirSync(at("dest/moved"))).toEqual([]);
  });
});
