import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { V1Pod, V1PodSpec, V1StatefulSet } from "@kubernetes/client-node";
import type { NodeHandle } from "@tsbx/core/driver";
import { dump, load } from "js-yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Workload } from "../src/cluster/cluster.ts";
import { options } from "../src/options.ts";
import { connect, eventually, failureOf, kubernetes, never, TestNamespace } from "./namespace.ts";

let namespace: TestNamespace;
beforeAll(async () => {
  namespace = await TestNamespace.create();
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "builders" } };
  await namespace.resources("/api/v1", "serviceaccounts").create(account, never);
});
afterAll(() => namespace.remove());

/** What the cluster has while a node with the options boots. */
interface Seen {
  workload: Workload;
  pod: V1Pod;
}

const spec = ({ pod }: Seen): V1PodSpec => pod.spec!;
const buildkitd = (seen: Seen) => spec(seen).containers[0]!;
const stateVolume = (seen: Seen) => spec(seen).volumes!.find(({ name }) => name === "buildkitd");

/** Each option that the cluster's objects show: a value, where it shows, and what is there. */
const SHOWN: readonly [option: string, value: string, read: (seen: Seen) => unknown, expected: unknown][] = [
  ["image", "example.invalid/own:1", (seen) => buildkitd(seen).image, "example.invalid/own:1"],
  ["replicas", "3", ({ workload }) => workload.spec!.replicas, 3],
  ["requests.cpu", "50m", (seen) => buildkitd(seen).resources!.requests!.cpu, "50m"],
  ["requests.memory", "64Mi", (seen) => buildkitd(seen).resources!.requests!.memory, "64Mi"],
  [
    "requests.ephemeral-storage",
    "1Gi",
    (seen) => buildkitd(seen).resources!.requests!["ephemeral-storage"],
    "1Gi",
  ],
  ["limits.cpu", "1500m", (seen) => buildkitd(seen).resources!.limits!.cpu, "1500m"],
  ["limits.memory", "512Mi", (seen) => buildkitd(seen).resources!.limits!.memory, "512Mi"],
  [
    "limits.ephemeral-storage",
    "2Gi",
    (seen) => buildkitd(seen).resources!.limits!["ephemeral-storage"],
    "2Gi",
  ],
  [
    "persistent-volume-claim.requests.storage",
    "1Gi",
    ({ workload }) => (workload as V1StatefulSet).spec!.volumeClaimTemplates![0]!.spec!.resources!.requests,
    { storage: "1Gi" },
  ],
  [
    "buildkit-root-volume-memory",
    "256Mi",
    (seen) => stateVolume(seen)!.emptyDir,
    { medium: "Memory", sizeLimit: "256Mi" },
  ],
  ["nodeselector", "disk=fast,arch=any", (seen) => spec(seen).nodeSelector, { disk: "fast", arch: "any" }],
  [
    "tolerations",
    "key=ci,operator=Equal,value=yes,effect=NoSchedule;key=gpu,operator=Exists",
    (seen) => spec(seen).tolerations!.slice(0, 2),
    [
      { key: "ci", operator: "Equal", value: "yes", effect: "NoSchedule" },
      { key: "gpu", operator: "Exists" },
    ],
  ],
  [
    "annotations",
    "example.com/team=builds",
    ({ workload, pod }) => [workload, pod].map(({ metadata }) => metadata!.annotations!["example.com/team"]),
    ["builds", "builds"],
  ],
  [
    "labels",
    "team=builds",
    ({ workload, pod }) => [workload, pod].map(({ metadata }) => metadata!.labels!.team),
    ["builds", "builds"],
  ],
  ["rootless", "true", (seen) => buildkitd(seen).image, "moby/buildkit:buildx-stable-1-rootless"],
  ["qemu.install", "true", (seen) => spec(seen).initContainers![0]!.args, ["--install", "all"]],
  [
    "qemu.image",
    "example.invalid/qemu:1",
    (seen) => spec(seen).initContainers![0]!.image,
    "example.invalid/qemu:1",
  ],
  ["schedulername", "own-scheduler", (seen) => spec(seen).schedulerName, "own-scheduler"],
  ["serviceaccount", "builders", (seen) => spec(seen).serviceAccountName, "builders"],
  ["env.", "x=y", (seen) => buildkitd(seen).env, [{ name: "HTTP_PROXY", value: "x=y" }]],
];

/** The options that show elsewhere, each in a test below. */
const ELSEWHERE = ["namespace", "context", "kubeconfig", "loadbalance", "timeout", "default-load"];

test("every option is tried", () => {
  const tried = [...SHOWN.map(([option]) => option), ...ELSEWHERE];
  expect(tried.sort()).toEqual(Object.keys(options).sort());
});

test.each(SHOWN)("%s=%s reaches the cluster", async (option, value, read, expected) => {
  const name = option === "env." ? "env.HTTP_PROXY" : option;
  const more = option === "qemu.image" ? { "qemu.install": "true" } : undefined;
  const seen = await whileBooting(namespace.handle({ [name]: value, ...more }));
  expect(read(seen)).toEqual(expected);
});

test("namespace, context and kubeconfig say where the pods are", async () => {
  const directory = await mkdtemp(join(tmpdir(), "tsbx-kubeconfig-"));
  try {
    const config = load(await readFile(kubernetes.kubeconfig, "utf8")) as {
      contexts: { name: string; context: object }[];
      "current-context": string;
    };
    const own = { ...config.contexts.find(({ name }) => name === config["current-context"])!.context };
    config.contexts.push({ name: "own", context: { ...own, namespace: namespace.name } });
    const kubeconfig = join(directory, "config");
    await writeFile(kubeconfig, dump(config));
    const endpoint = `kubernetes:///b?deployment=&kubeconfig=${encodeURIComponent(kubeconfig)}`;
    for (const handle of [
      connect({ kubeconfig, context: "own" }),
      connect({ context: "own" }, { endpoint }),
      connect({ namespace: namespace.name }, { endpoint }),
    ]) {
      const { workload } = await whileBooting(handle);
      expect(workload.metadata!.namespace).toBe(namespace.name);
    }
    expect(await failureOf(connect({ kubeconfig, context: "none" }).boot(() => {}, never))).toMatchObject({
      code: "KUBERNETES_CONTEXT_UNKNOWN",
      hint: expect.stringContaining("own"),
    });
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("timeout bounds the boot", async () => {
  const handle = namespace.handle({ nodeselector: "no=such", timeout: "1s" });
  expect((await failureOf(handle.boot(() => {}, never))).message).toContain(
    "0 of 1 pods of deployment b0 are ready after 1 s",
  );
});

test("loadbalance=random gives each build a connection, sticky none", () => {
  expect(namespace.handle({ loadbalance: "random" }).connectionPerBuild).toBe(true);
  expect(namespace.handle({ loadbalance: "sticky" }).connectionPerBuild).toBe(false);
});

test("default-load", () => {
  expect(namespace.handle({ "default-load": "true" }).defaultLoad).toBe(true);
  expect(namespace.handle().defaultLoad).toBe(false);
});

/** Boots until there are a workload and a pod of it to look at, then cancels, which must leave nothing. */
async function whileBooting(handle: NodeHandle): Promise<Seen> {
  const { deployments, statefulSets } = namespace.cluster;
  const cancel = new AbortController();
  const cancelled = failureOf(handle.boot(() => {}, cancel.signal));
  try {
    return await eventually(async () => {
      const [workload] = [...(await deployments.list({}, never)), ...(await statefulSets.list({}, never))];
      const [pod] = await namespace.pods();
      if (!workload || !pod) throw new Error("there is nothing yet");
      return { workload, pod };
    });
  } finally {
    cancel.abort();
    expect(await cancelled).toMatchObject({ code: "ABORTED" });
    await namespace.isEmpty();
  }
}
