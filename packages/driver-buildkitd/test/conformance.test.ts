import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "@tsbx/driver-testkit";
import { loadBed } from "@tsbx/testbed";
import { afterAll, test } from "vitest";
import driver from "../src/index.ts";

const { tools } = loadBed(["tools"]);
const temporaryDirectory = await mkdtemp(join(tmpdir(), "tsbx-conformance-"));
afterAll(() => rm(temporaryDirectory, { recursive: true }));

const cases = conformance({
  driver,
  node: { builder: "conformance", name: "conformance0", options: { runc: tools.runc } },
  context: { env: { PATH: process.env.PATH, TSBX_BUILDKITD: tools.buildkitd } },
  temporaryDirectory,
});
for (const { name, run } of cases) test(name, ({ signal }) => run(signal));
