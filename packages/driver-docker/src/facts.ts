import type { NodeFacts, Worker } from "@tsbx/core/driver";
import { containerdStore } from "./capabilities.ts";

/** Labels of a daemon's worker. The snapshotter's is there with the containerd image store alone. */
const SNAPSHOTTER = "org.mobyproject.buildkit.worker.snapshotter";
const HOST_GATEWAY = "org.mobyproject.buildkit.worker.moby.host-gateway-ip";

/** What the daemon's workers tell of it. */
export function factsOf(workers: readonly Worker[]): NodeFacts {
  const labels: Worker["labels"] = Object.assign({}, ...workers.map((worker) => worker.labels));
  const hostGateway = labels[HOST_GATEWAY];
  return {
    imageExporter: "moby",
    // An image that `docker images` lists need not be in any registry.
    frontendAttrs: { "image-resolve-mode": "local" },
    ...(hostGateway && { hostGateway }),
    ...(labels[SNAPSHOTTER] === undefined
      ? { pushes: "node" }
      : {
          pushes: "buildkit",
          capabilities: containerdStore,
          imageAttrs: { "prefer-image-digest": "true" },
        }),
  };
}
