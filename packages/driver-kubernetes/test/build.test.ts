import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuilderNode, type BuildRun, build } from "@tsbx/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ApiRequest } from "../src/api/client.ts";
import { failureOf, never, TestNamespace } from "./namespace.ts";

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

function open(): BuilderNode {
  const node = namespace.node();
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
