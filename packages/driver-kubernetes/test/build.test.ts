import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuilderNode, type BuildRun, build, openNode } from "@tsbx/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ApiRequest } from "../src/api/client.ts";
import { execStdio } from "../src/exec/exec.ts";
import driver from "../src/index.ts";
import { failureOf, kubernetes, never, TestNamespace } from "./namespace.ts";

const config = `
[registry."docker.io"]
mirrors = ["${kubernetes.registryForPods}"]
[registry."${kubernetes.registryForPods}"]
http = true
`;
const HOSTNAME = "org.mobyproject.buildkit.worker.hostname";

/** Something that happens to a pod, and what is said of it. */
interface Fault {
  ask(path: string, name: string): ApiRequest;
  fate: RegExp;
}

let namespace: TestNamespace;
let work: string;
let nodes: BuilderNode[];
beforeEach(async () => {
  namespace = await TestNamespace.create();
  work = await mkdtemp(join(tmpdir(), "tsbx-kubernetes-"));
  nodes = [];
});
afterEach(async () => {
  for (const node of nodes) await node.close();
  await namespace.remove();
  await rm(work, { recursive: true });
});

function open(options: Record<string, string> = {}, affinity?: string): BuilderNode {
  const given = { kubeconfig: kubernetes.kubeconfig, namespace: namespace.name, ...options };
  const files = { "buildkitd.toml": Buffer.from(config) };
  const request = { builder: "b", name: "b0", options: given, files };
  const node = openNode(driver, request, { env: {}, stateDir: work, ...(affinity && { affinity }) });
  nodes.push(node);
  return node;
}

/** The pod that a new connection of the node reaches. */
async function reachedPod(node: BuilderNode): Promise<string> {
  return node.connected(async (connection) => {
    const [worker] = await connection.workers(never);
    return worker!.labels[HOSTNAME]!;
  }, never);
}

/** Starts a build whose RUN step takes an hour, and waits until that runs. */
async function slowBuild(node: BuilderNode): Promise<BuildRun> {
  const run = build(node, {
    context: work,
    dockerfile: { content: "FROM busybox\nRUN echo on && sleep 3600\n" },
  });
  for await (const { logs } of run.progress) {
    if (logs.some(({ data }) => Buffer.from(data).includes("on"))) return run;
  }
  await run.result;
  throw new Error("the build ended by itself");
}

test("boots and builds: context, RUN and result", async () => {
  // Larger than any window or buffer on the way, in both directions.
  const content = randomBytes(6 * 1024 * 1024);
  await writeFile(join(work, "file"), content);
  const dockerfile =
    "FROM busybox AS copy\nCOPY file /in\nRUN cp /in /out\nFROM scratch\nCOPY --from=copy /out /file\n";
  const run = build(open(), {
    context: work,
    dockerfile: { content: dockerfile },
    outputs: [{ type: "local", dest: join(work, "out") }],
  });
  const steps = new Set<string>();
  for await (const { vertexes } of run.progress) for (const { name } of vertexes) steps.add(name);
  await run.result;
  expect(steps).toContain("[internal] booting buildkit");
  expect((await readFile(join(work, "out/file"))).equals(content)).toBe(true);
});

test("sticky connections reach one pod; when that refuses, the other", async () => {
  const node = open({ replicas: "2" }, work);
  await node.boot();
  const pod = await reachedPod(node);
  expect(await reachedPod(open({ replicas: "2" }, work))).toBe(pod);
  const request = { pod, container: "buildkitd", command: ["rm", "/run/buildkit/buildkitd.sock"] };
  const removal = await execStdio(
    namespace.cluster.client,
    request,
    async ({ success }) => (success ? undefined : new Error("rm failed")),
    never,
  );
  for await (const output of removal) expect(output).toBeUndefined();
  const other = await reachedPod(open({ replicas: "2" }, work));
  const pods = (await namespace.pods()).map(({ metadata }) => metadata!.name);
  expect(other).not.toBe(pod);
  expect(pods).toContain(other);
});

test("random connections reach all pods", async () => {
  const node = open({ replicas: "2", loadbalance: "random" });
  await node.boot();
  const reached = new Set<string>();
  for (let attempt = 0; attempt < 30 && reached.size < 2; attempt++) reached.add(await reachedPod(node));
  expect(reached.size).toBe(2);
});

test.each<[string, Fault]>([
  [
    "deleted",
    {
      ask: (path) => ({ method: "DELETE", path, body: {}, action: "delete a pod" }),
      fate: /the pod (was|is being) deleted/,
    },
  ],
  [
    "killed",
    {
      ask: (path) => ({ method: "DELETE", path, body: { gracePeriodSeconds: 0 }, action: "kill a pod" }),
      fate: /the pod (was|is being) deleted/,
    },
  ],
  [
    "evicted",
    {
      ask: (path, name) => {
        const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name } };
        return { method: "POST", path: `${path}/eviction`, body, action: "evict a pod" };
      },
      fate: /the pod is being evicted \(EvictionByEvictionAPI\): \S/,
    },
  ],
])(
  "a pod that is %s during a build ends it and says so; the next build gets another pod",
  async (_name, { ask, fate }) => {
    const node = open();
    const run = await slowBuild(node);
    const [pod] = await namespace.pods();
    const name = pod!.metadata!.name!;
    const path = `/api/v1/namespaces/${namespace.name}/pods/${name}`;
    await namespace.cluster.client.json(ask(path, name), never);
    const error = await failureOf(run.result);
    expect(error.code).toBe("BUILD_FAILED");
    expect(error.message).toContain(`the connection into pod ${name} was lost: `);
    expect(error.message).toMatch(fate);
    expect(error.message).toMatch(/; its last events:\n(.*\n)* {2}Normal (Started|Killing): /);
    const next = build(node, { context: work, dockerfile: { content: "FROM busybox\nRUN true\n" } });
    await next.result;
    expect(await reachedPod(node)).not.toBe(name);
  },
);
