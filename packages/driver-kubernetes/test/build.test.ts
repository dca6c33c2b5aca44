import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuilderNode, type BuildRun, build, openNode } from "@tsbx/core";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
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

test.each([
  ["deleted", {}],
  ["killed", { gracePeriodSeconds: 0 }],
])(
  "a pod that is %s during a build ends it and says so; the next build gets another pod",
  async (_name, options) => {
    const node = open();
    const run = await slowBuild(node);
    const [pod] = await namespace.pods();
    const { name } = pod!.metadata!;
    const path = `/api/v1/namespaces/${namespace.name}/pods/${name}`;
    await namespace.cluster.client.json(
      { method: "DELETE", path, body: options, action: "delete a pod" },
      never,
    );
    const error = await failureOf(run.result);
    expect(error.code).toBe("BUILD_FAILED");
    expect(error.message).toMatch(
      new RegExp(`the connection into pod ${name} was lost: the pod (was|is being) deleted`),
    );
    const next = build(node, { context: work, dockerfile: { content: "FROM busybox\nRUN true\n" } });
    await next.result;
    expect(await reachedPod(node)).not.toBe(name);
  },
);

test("an API server that goes away ends the build within ten seconds", async () => {
  const proxy = await startProxy(new URL(kubernetes.server));
  onTestFinished(() => proxy.cut());
  const kubeconfig = join(work, "config");
  const config = await readFile(kubernetes.kubeconfig, "utf8");
  await writeFile(kubeconfig, config.replaceAll(kubernetes.server, proxy.url));
  const run = await slowBuild(open({ kubeconfig }));
  proxy.cut();
  const cut = Date.now();
  const error = await failureOf(run.result);
  expect(error.message).toMatch(/the connection (to the daemon|into pod \S+) was lost/);
  expect(Date.now() - cut).toBeLessThan(10_000);
});

/** A way to the API server that can be cut. */
async function startProxy({ hostname, port }: URL): Promise<{ url: string; cut(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((inward) => {
    const outward = connect(Number(port), hostname);
    for (const [socket, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => other.destroy());
      socket.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${address.port}`,
    cut() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
