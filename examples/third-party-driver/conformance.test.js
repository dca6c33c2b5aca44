import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { conformance } from "@tsbx/driver-testkit";
import driver from "./index.js";

const temporaryDirectory = await mkdtemp(join(tmpdir(), "command-"));
after(() => rm(temporaryDirectory, { recursive: true }));

const cases = conformance({
  driver,
  node: {
    builder: "command",
    name: "command0",
    endpoint: process.env.BUILDKIT_COMMAND ?? "buildctl dial-stdio",
  },
  context: { env: { PATH: process.env.PATH } },
  unreachable: { endpoint: "false" },
  badOptions: { timeout: "0" },
  temporaryDirectory,
});
for (const { name, run } of cases) test(name, ({ signal }) => run(signal));
