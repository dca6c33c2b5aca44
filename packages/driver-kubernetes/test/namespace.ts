import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import type { KubernetesObject, V1Pod } from "@kubernetes/client-node";
import { type BuilderNode, openNode } from "@tsbx/core";
import { type NodeConfig, type NodeHandle, parseDriverOptions } from "@tsbx/core/driver";
import { loadBed } from "@tsbx/testbed";
import { expect, vi } from "vitest";
import { Resources } from "../src/api/resources.ts";
import { type Cluster, openCluster } from "../src/cluster/cluster.ts";
import { execStdio } from "../src/exec/exec.ts";
import type { ProcessEnd } from "../src/exec/process-end.ts";
import driver from "../src/index.ts";

export const { kubernetes } = loadBed(["kubernetes"]);
export const never = new AbortController().signal;
const context = { env: {}, stateDir: "/nonexistent" };

/** For a buildkitd in a pod: the bed's registry in the place of docker.io. */
const BUILDKITD_CONFIG = `
[registry."docker.io"]
mirrors = ["${kubernetes.registryForPods}"]
[registry."${kubernetes.registryForPods}"]
http = true
`;

/** A namespace of a test's own. What is in it goes with it. */
export class TestNamespace {
  readonly name: string;
  readonly cluster: Cluster;

  constructor(name: string) {
    this.name = name;
    this.cluster = openCluster({ kubeconfig: kubernetes.kubeconfig, namespace: name }, {});
  }

  static async create(): Promise<TestNamespace> {
    const namespace = new TestNamespace(`tsbx-${randomBytes(4).toString("hex")}`);
    const body = { metadata: { name: namespace.name } };
    await namespace.cluster.client.json(
      { method: "POST", path: "/api/v1/namespaces", body, action: "create a namespace" },
      never,
    );
    // Without it no pod is made.
    const accounts = namespace.resources("/api/v1", "serviceaccounts");
    await eventually(async () => expect(await accounts.get("default", never)).toBeDefined());
    return namespace;
  }

  resources<T extends KubernetesObject>(api: string, plural: string): Resources<T> {
    return new Resources<T>(this.cluster.client, { api, plural, singular: plural });
  }

  /** A handle in this namespace, with the options as a user gives them. */
  handle(options: Record<string, string> = {}, node: Partial<NodeConfig> = {}): NodeHandle {
    return connect({ kubeconfig: kubernetes.kubeconfig, namespace: this.name, ...options }, node);
  }

  /** A node that builds in this namespace. The caller closes it. */
  node(options: Record<string, string> = {}, affinity?: string): BuilderNode {
    const given = { kubeconfig: kubernetes.kubeconfig, namespace: this.name, ...options };
    const files = { "buildkitd.toml": Buffer.from(BUILDKITD_CONFIG) };
    const request = { builder: "b", name: "b0", options: given, files };
    return openNode(driver, request, { ...context, ...(affinity && { affinity }) });
  }

  /** What a command in a pod prints. It must succeed. */
  async exec(pod: string, ...command: string[]): Promise<string> {
    const request = { pod, container: "buildkitd", command };
    const ended = async ({ success, stderr }: ProcessEnd) => (success ? undefined : new Error(stderr));
    const stream = await execStdio(this.cluster.client, request, ended, never);
    return text(stream);
  }

  pods(): Promise<readonly V1Pod[]> {
    return this.cluster.pods.list({}, never);
  }

  /** The names of everything that this driver makes. */
  async contents(): Promise<string[]> {
    const { deployments, statefulSets, pods, claims, configMaps } = this.cluster;
    const lists = await Promise.all(
      [deployments, statefulSets, pods, claims, configMaps].map((kind) => kind.list({}, never)),
    );
    const names = lists.flat().map((object: KubernetesObject) => object.metadata!.name!);
    // Kubernetes puts this into every namespace.
    return names.filter((name) => name !== "kube-root-ca.crt");
  }

  /** Waits until nothing is left of what the driver has made. */
  async isEmpty(): Promise<void> {
    await eventually(async () => expect(await this.contents()).toEqual([]));
  }

  async remove(): Promise<void> {
    const path = `/api/v1/namespaces/${this.name}`;
    await this.cluster.client.json({ method: "DELETE", path, action: "delete a namespace" }, never);
  }
}

export function connect(options: Record<string, string>, node: Partial<NodeConfig> = {}): NodeHandle {
  const values = parseDriverOptions(driver.options, options, { driver: driver.name });
  return driver.connect({ builder: "b", name: "b0", options: values, ...node }, context);
}

/** What `look` returns when it no longer throws. */
export function eventually<T>(look: () => Promise<T>): Promise<T> {
  return vi.waitFor(look, { timeout: 60_000, interval: 200 });
}

/** The error that a promise rejects with. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<Error & { code?: string; hint?: string }> {
  const outcome = await promise.then(
    () => undefined,
    (error: Error) => error,
  );
  expect(outcome).toBeInstanceOf(Error);
  return outcome!;
}
