import type { V1Pod, V1PodStatus } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { dialled, endOfContainer, podFate } from "./loss.ts";

const NOW = Date.parse("2030-01-01T00:00:10Z");

const at = { pod: "b0", uid: undefined, container: "buildkitd", restarts: 0, at: NOW - 5000 };

const ended = (finishedAt: string): V1PodStatus =>
  ({
    phase: "Running",
    containerStatuses: [
      {
        name: "buildkitd",
        image: "i",
        imageID: "",
        ready: true,
        restartCount: 1,
        state: { running: {} },
        lastState: { terminated: { exitCode: 137, reason: "OOMKilled", finishedAt } },
      },
    ],
  }) as unknown as V1PodStatus;

test.each<[string, V1Pod, string | undefined]>([
  ["goes on", { status: { phase: "Running" } }, undefined],
  ["is deleted", { metadata: { deletionTimestamp: new Date(NOW) } }, "the pod is being deleted"],
  [
    "is evicted in favour of another",
    {
      metadata: { deletionTimestamp: new Date(NOW) },
      status: {
        conditions: [
          { type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler", message: "preempted" },
        ],
      },
    },
    "the pod is being evicted (PreemptionByScheduler): preempted",
  ],
  [
    "is evicted by its kubelet",
    { status: { phase: "Failed", reason: "Evicted", message: "low on memory" } },
    "the pod has failed (Evicted): low on memory",
  ],
  [
    "its container was killed just now",
    { status: ended("2030-01-01T00:00:09Z") },
    "its container buildkitd ended with exit code 137 (OOMKilled)",
  ],
  ["its container was killed long ago", { status: ended("2029-12-31T00:00:00Z") }, undefined],
])("%s", (_name, pod, fate) => {
  expect(podFate(pod, at)).toBe(fate);
});

test("a container in a pod that is being deleted goes on", () => {
  const pod = { metadata: { deletionTimestamp: new Date(NOW) }, status: { phase: "Running" } };
  expect(endOfContainer(pod, at)).toBeUndefined();
});

test("a container that was started again before it was dialled goes on", () => {
  const pod = { status: ended("2030-01-01T00:00:09Z") };
  expect(endOfContainer(pod, { ...dialled(pod, "buildkitd"), at: NOW - 5000 })).toBeUndefined();
});
