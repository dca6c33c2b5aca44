import type { Worker } from "@tsbx/core/driver";
import { expect, test } from "vitest";
import { factsOf } from "./facts.ts";

const worker = (labels: Record<string, string>): Worker => ({
  id: "w",
  labels,
  platforms: [],
  gcPolicy: [],
  devices: [],
});

test("the classic store: the node pushes, and nothing is offered beyond the declaration", () => {
  const facts = factsOf([worker({ "org.mobyproject.buildkit.worker.moby.host-gateway-ip": "172.17.0.1" })]);
  expect(facts).toEqual({
    imageExporter: "moby",
    frontendAttrs: { "image-resolve-mode": "local" },
    hostGateway: "172.17.0.1",
    pushes: "node",
  });
});

test("the containerd store is known by the snapshotter's label", () => {
  const facts = factsOf([worker({ "org.mobyproject.buildkit.worker.snapshotter": "overlayfs" })]);
  expect(facts).toMatchObject({
    pushes: "buildkit",
    imageAttrs: { "prefer-image-digest": "true" },
    capabilities: { cacheExport: ["gha", "inline", "local", "registry"], multiPlatform: true },
  });
  expect(facts).not.toHaveProperty("hostGateway");
});
