import type { V1ContainerStatus, V1Pod, V1PodStatus } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { podProblem, workloadProblem } from "./problem.ts";

const pod = (status: V1PodStatus): V1Pod => ({ metadata: { name: "b0-x", uid: "u" }, status });
const container = (status: Partial<V1ContainerStatus>): V1ContainerStatus => ({
  name: "buildkitd",
  image: "moby/buildkit:nope",
  imageID: "",
  ready: false,
  restartCount: 0,
  ...status,
});
const waiting = (reason: string, message = "") => container({ state: { waiting: { reason, message } } });
const running = (status: Partial<V1ContainerStatus>) => container({ state: { running: {} }, ...status });

test.each<[string, V1PodStatus]>([
  ["no status yet", {}],
  ["just scheduled", { phase: "Pending", conditions: [{ type: "PodScheduled", status: "True" }] }],
  ["being made", { phase: "Pending", containerStatuses: [waiting("ContainerCreating")] }],
  ["running", { phase: "Running", containerStatuses: [running({})] }],
  ["started anew once", { phase: "Running", containerStatuses: [running({ restartCount: 1 })] }],
  [
    "ready after some starts",
    { phase: "Running", containerStatuses: [running({ restartCount: 5, ready: true })] },
  ],
])("no problem: %s", (_name, status) => {
  expect(podProblem(pod(status))).toBeUndefined();
});

test.each<[string, V1ContainerStatus, string, boolean]>([
  ["an image that is not there", waiting("ErrImagePull", "docker.io/x: not found"), "ErrImagePull", true],
  [
    "an image that may not be pulled",
    waiting("ImagePullBackOff", "pull access denied"),
    "ImagePullBackOff",
    true,
  ],
  ["a registry that is slow", waiting("ErrImagePull", "dial tcp: i/o timeout"), "ErrImagePull", false],
  [
    "a registry that is down",
    waiting("ErrImagePull", "dial tcp 127.0.0.1:1: connect: connection refused"),
    "ErrImagePull",
    true,
  ],
  [
    "a registry that is nowhere",
    waiting("ImagePullBackOff", "dial tcp: lookup registry.invalid: no such host"),
    "ImagePullBackOff",
    true,
  ],
  ["a name that is none", waiting("InvalidImageName", "couldn't parse"), "InvalidImageName", true],
  ["a runtime that fails", waiting("CreateContainerError", "timed out"), "CreateContainerError", false],
  ["a full disk", waiting("CreateContainerError", "no space left on device"), "CreateContainerError", true],
])("%s", (_name, status, reason, hopeless) => {
  const found = podProblem(pod({ phase: "Pending", containerStatuses: [status] }))!;
  expect(found).toMatchObject({
    subject: "pod b0-x",
    uid: "u",
    reason,
    message: status.state!.waiting!.message,
  });
  expect(found.patience === 0).toBe(hopeless);
  expect(found.log).toBeUndefined();
});

test.each([
  ["buildkitd", { containerStatuses: [crashed("buildkitd")] }],
  ["qemu", { initContainerStatuses: [crashed("qemu")], containerStatuses: [waiting("PodInitializing")] }],
])("a container that ends again and again is hopeless, its log tells why: %s", (name, status) => {
  expect(podProblem(pod(status))).toMatchObject({
    reason: "CrashLoopBackOff",
    message: `container ${name} ended with exit code 1`,
    log: { pod: "b0-x", container: name },
    patience: 0,
  });
});

test("one that is killed for its memory is named so", () => {
  const killed = running({
    restartCount: 2,
    lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
  });
  expect(podProblem(pod({ containerStatuses: [killed] }))).toMatchObject({ reason: "OOMKilled" });
});

test("a pod that no machine suits", () => {
  const message = "0/1 nodes are available";
  const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
  expect(podProblem(pod({ phase: "Pending", conditions }))).toMatchObject({
    reason: "Unschedulable",
    message,
  });
});

test("an evicted pod is no reason to give up: there will be another", () => {
  const found = podProblem(pod({ phase: "Failed", reason: "Evicted", message: "low on resource: memory" }));
  expect(found).toEqual({
    subject: "pod b0-x",
    uid: "u",
    reason: "Evicted",
    message: "low on resource: memory",
  });
});

test("a workload that may not make pods", () => {
  const message = 'pods "b0-x" is forbidden: exceeded quota';
  const conditions = [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message }];
  const workload = { metadata: { uid: "w" }, status: { conditions } };
  expect(workloadProblem("deployment b0", workload, 0)).toMatchObject({
    subject: "deployment b0",
    uid: "w",
    reason: "FailedCreate",
    message,
  });
  expect(workloadProblem("deployment b0", workload, 1)).toBeUndefined();
});

function crashed(name: string): V1ContainerStatus {
  return container({
    name,
    restartCount: 1,
    state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } },
    lastState: { terminated: { exitCode: 1, reason: "Error" } },
  });
}
