import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "@tsbx/driver-testkit";
import { afterAll, test } from "vitest";
import driver from "../src/index.ts";
import { ask, endpoint, isImageThere, leftovers, nodeName } from "./engine.ts";

const temporaryDirectory = await mkdtemp(join(tmpdir(), "tsbx-conformance-"));
afterAll(() => rm(temporaryDirectory, { recursive: true }));

const name = nodeName();
const cases = conformance({
  driver,
  node: { builder: name, name, endpoint },
  unreachable: { endpoint: `unix://${join(temporaryDirectory, "no.sock")}` },
  badOptions: { memory: "much", "memory-swap": "-2", "cpuset-cpus": "all", "restart-policy": "never" },
  localImages: {
    has: (reference) => isImageThere(reference),
    remove: async (reference) => void (await ask("DELETE", `/images/${reference}`)),
  },
  leftovers: async () => [...(await leftovers(name)), ...(await leftovers(`${name}-config`))],
  temporaryDirectory,
});
for (const { name, run } of cases) test(name, ({ signal }) => run(signal));
