import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { bedPaths } from "../lib/paths.mjs";

const before = process.env.TSBX_BED_DIR;

afterEach(() => {
  if (before === undefined) delete process.env.TSBX_BED_DIR;
  else process.env.TSBX_BED_DIR = before;
});

test("sockets are kept in the bed folder while their paths are short enough", () => {
  process.env.TSBX_BED_DIR = "/nowhere/bed";
  assert.equal(bedPaths().sockets, "/nowhere/bed/run");
});

test("a deep bed folder gets a short folder for its sockets, always the same one", () => {
  process.env.TSBX_BED_DIR = `/nowhere/${"deep/".repeat(30)}bed`;
  const { sockets } = bedPaths();
  assert.ok(Buffer.byteLength(join(sockets, "docker-classic.sock")) < 104);
  assert.equal(bedPaths().sockets, sockets);
  process.env.TSBX_BED_DIR += "-other";
  assert.notEqual(bedPaths().sockets, sockets);
});
