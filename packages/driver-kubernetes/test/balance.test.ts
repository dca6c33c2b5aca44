import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type BuilderNode, build } from "@tsbx/core";
import { loadBed } from "@tsbx/testbed";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { stickyChoice } from "../src/sticky.ts";
import { kubernetes, never, TestNamespace } from "./namespace.ts";

const { tools } = loadBed(["tools"]);
const DOCKERFILE = "FROM scratch\nCOPY Dockerfile /\n";

let namespace: TestNamespace;
let work: string;
let nodes: BuilderNode[];
beforeAll(async () => {
  namespace = await TestNamespace.create();
  work = await mkdtemp(join(tmpdir(), "tsbx-balance-"));
});
afterAll(async () => {
  await namespace.remove();
  await rm(work, { recursive: true });
});
// Ready again, whatever a test has done to the pods.
beforeEach(async () => {
  nodes = [];
  await open("sticky", work).boot();
}, 120_000);
afterEach(async () => {
  for (const node of nodes) await node.close();
});

/** A node of two pods with connections of its own, as a command of its own would have it. */
function open(loadbalance: "sticky" | "random", affinity: string): BuilderNode {
  const node = namespace.node({ replicas: "2", loadbalance }, affinity);
  nodes.push(node);
  return node;
}

const podNames = async () => (await namespace.pods()).map(({ metadata }) => metadata!.name!);

/** Builds. @returns the pod that served it */
async function servingPod(node: BuilderNode): Promise<string> {
  const run = build(node, { context: { files: { Dockerfile: DOCKERFILE } } });
  await run.result;
  return podOf(run.ref);
}

/** The pod in whose history a build is. */
async function podOf(ref: string): Promise<string> {
  const found: string[] = [];
  for (const { metadata, status } of await namespace.pods()) {
    if (metadata!.deletionTimestamp || status?.phase !== "Running" || silent.has(metadata!.name!)) continue;
    const histories = await namespace.exec(metadata!.name!, "buildctl", "debug", "histories");
    if (histories.includes(ref)) found.push(metadata!.name!);
  }
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** A directory whose builds belong to a pod as long as there are those. */
function directoryOf(pod: string, pods: readonly string[]): string {
  for (let number = 0; ; number++) {
    const directory = join(work, String(number));
    if (stickyChoice(pods, directory) === pod) return directory;
  }
}

/** Pods that are there and in which no daemon is to be had. */
const silent = new Set<string>();

/** While its socket is elsewhere, every dial of a pod's daemon fails. */
async function whileHidden(pod: string, action: () => Promise<void>): Promise<void> {
  const [socket, elsewhere] = ["/run/buildkit/buildkitd.sock", "/run/buildkit/elsewhere.sock"];
  await namespace.exec(pod, "mv", socket, elsewhere);
  silent.add(pod);
  try {
    await action();
  } finally {
    await namespace.exec(pod, "mv", elsewhere, socket);
    silent.delete(pod);
  }
}

/** While its processes are stopped, nothing in a pod answers, and Kubernetes does not know yet. */
async function whileStopped(name: string, action: () => Promise<void>): Promise<void> {
  const pod = (await namespace.pods()).find(({ metadata }) => metadata!.name === name)!;
  const processes = await processesOf(pod.metadata!.uid!);
  expect(processes).not.toEqual([]);
  silent.add(name);
  signalAll(processes, "SIGSTOP");
  try {
    await action();
  } finally {
    signalAll(processes, "SIGCONT");
    silent.delete(name);
  }
}

function signalAll(processes: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of processes) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // Those of probes come and go.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** The processes of a pod, by their control group. */
async function processesOf(uid: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const groups = await readFile(`/proc/${entry}/cgroup`, "utf8").catch(() => "");
    if (groups.includes(`pod${uid}`)) found.push(Number(entry));
  }
  return found;
}

test("sticky: builds of one directory reach one pod, and those of others the other", async () => {
  const pods = await podNames();
  expect(pods).toHaveLength(2);
  for (const pod of pods) {
    const directory = directoryOf(pod, pods);
    for (let command = 0; command < 3; command++) {
      expect(await servingPod(open("sticky", directory))).toBe(pod);
    }
  }
});

test("sticky: the peer's builds of a directory reach the same pod", async () => {
  const home = await mkdtemp(join(work, "peer-"));
  const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: kubernetes.kubeconfig };
  const peer = (...args: string[]) => promisify(execFile)(tools.buildx, args, { env });
  const options = `namespace=${namespace.name},replicas=2`;
  const create = ["create", "--name", "b", "--node", "b0", "--driver", "kubernetes"];
  await peer(...create, "--driver-opt", options, "--use");
  const pods = await podNames();
  for (const pod of pods) {
    const directory = directoryOf(pod, pods);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "Dockerfile"), DOCKERFILE);
    const metadata = join(home, "metadata.json");
    await peer("build", "--metadata-file", metadata, directory);
    const reference: string = JSON.parse(await readFile(metadata, "utf8"))["buildx.build.ref"];
    expect(await podOf(reference.split("/").at(-1)!)).toBe(pod);
  }
});

test("random: builds of one directory reach both pods", async () => {
  const node = open("random", work);
  const reached = new Set<string>();
  for (let attempt = 0; attempt < 30 && reached.size < 2; attempt++) reached.add(await servingPod(node));
  expect([...reached].sort()).toEqual((await podNames()).sort());
});

test.each([
  ["whose daemon is out of reach", whileHidden],
  ["that does not answer", whileStopped],
])("a pod %s is passed over until it is back", async (_name, during) => {
  const [pod, other] = (await podNames()) as [string, string];
  const directory = directoryOf(pod, [pod, other]);
  await during(pod, async () => expect(await servingPod(open("sticky", directory))).toBe(other));
  expect(await servingPod(open("sticky", directory))).toBe(pod);
});

test("a pod that is deleted is passed over", async () => {
  const [pod, other] = (await podNames()) as [string, string];
  const directory = directoryOf(pod, [pod, other]);
  const path = `/api/v1/namespaces/${namespace.name}/pods/${pod}`;
  await namespace.cluster.client.json({ method: "DELETE", path, body: {}, action: "delete a pod" }, never);
  const reached = await servingPod(open("sticky", directory));
  // The other, or already the one in its place.
  expect(reached).not.toBe(pod);
});
