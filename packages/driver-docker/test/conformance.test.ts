import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isEngineError, openEngine } from "@tsbx/docker-engine";
import { conformance, type LocalImages } from "@tsbx/driver-testkit";
import { loadBed } from "@tsbx/testbed";
import { afterAll, describe, test } from "vitest";
import driver from "../src/index.ts";

const { docker, dockerLegacy } = loadBed(["docker", "dockerLegacy"]);
const temporaryDirectory = await mkdtemp(join(tmpdir(), "tsbx-conformance-"));
afterAll(() => rm(temporaryDirectory, { recursive: true }));

const daemons = {
  "the containerd image store": docker.containerd,
  "the classic image store": docker.classic,
  "Docker 20.10": dockerLegacy,
};
describe.each(Object.entries(daemons))("a daemon with %s", (_, { unix }) => {
  const cases = conformance({
    driver,
    node: { builder: "conformance", name: "conformance0", endpoint: unix },
    unreachable: { endpoint: `unix://${join(temporaryDirectory, "no.sock")}` },
    localImages: imagesOf(unix),
    temporaryDirectory,
  });
  for (const { name, run } of cases) test(name, ({ signal }) => run(signal));
});

function imagesOf(endpoint: string): LocalImages {
  const engine = openEngine(endpoint, {});
  const ofImage = async (method: string, path: string, signal: AbortSignal): Promise<boolean> => {
    try {
      await engine.json(method, path, { signal });
      return true;
    } catch (error) {
      if (isEngineError(error, 404)) return false;
      throw error;
    }
  };
  return {
    has: (reference, signal) => ofImage("GET", `/images/${reference}/json`, signal),
    async remove(reference, signal) {
      await ofImage("DELETE", `/images/${reference}`, signal);
    },
  };
}
