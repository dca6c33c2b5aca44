import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { json } from "node:stream/consumers";
import { loadBed } from "@tsbx/testbed";

interface ClusterObject {
  metadata: { name: string; labels?: Readonly<Record<string, string>> };
}

const KINDS = {
  deployment: "/apis/apps/v1/NAMESPACE/deployments",
  statefulset: "/apis/apps/v1/NAMESPACE/statefulsets",
  pod: "/api/v1/NAMESPACE/pods",
  claim: "/api/v1/NAMESPACE/persistentvolumeclaims",
  configmap: "/api/v1/NAMESPACE/configmaps",
} as const;

type Kind = keyof typeof KINDS;

/**
 * What the cluster has of a node: `deployment b0`. Pods are without the end of their names, which is another for
 * each.
 */
export async function nodeObjects(node: string): Promise<string[]> {
  const found: string[] = [];
  for (const kind of Object.keys(KINDS) as Kind[]) {
    for (const name of await names(kind, node)) found.push(`${kind} ${kind === "pod" ? node : name}`);
  }
  return found;
}

/** Removes all of it, pods at once. */
export async function removeNodeObjects(node: string): Promise<void> {
  for (const kind of Object.keys(KINDS) as Kind[]) await removeAll(kind, node);
}

/** Kills the node's pods and takes them away, as for a machine that is lost. */
export function removePods(node: string): Promise<void> {
  return removeAll("pod", node);
}

async function removeAll(kind: Kind, node: string): Promise<void> {
  for (const name of await names(kind, node)) {
    await ask("DELETE", `${pathOf(kind)}/${name}`, { gracePeriodSeconds: 0 });
  }
}

async function names(kind: Kind, node: string): Promise<string[]> {
  const { items } = (await ask("GET", pathOf(kind))) as { items: readonly ClusterObject[] };
  return items
    .map(({ metadata }) => metadata.name)
    .filter((name) => name === node || name.startsWith(`${node}-`) || name.startsWith(`buildkitd-${node}-`));
}

function pathOf(kind: Kind): string {
  return KINDS[kind].replace("NAMESPACE", `namespaces/${loadBed(["kubernetes"]).kubernetes.namespace}`);
}

/** One request as an administrator, on a connection of its own. */
async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const config = JSON.parse(readFileSync(loadBed(["kubernetes"]).kubernetes.kubeconfig, "utf8"));
  const { server, "certificate-authority": ca } = config.clusters[0].cluster;
  const { "client-certificate": cert, "client-key": key } = config.users[0].user;
  const asked = request(new URL(path, server), {
    method,
    headers: { "content-type": "application/json" },
    agent: false,
    ca: readFileSync(ca),
    cert: readFileSync(cert),
    key: readFileSync(key),
  });
  asked.end(body && JSON.stringify(body));
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const value = await json(answer);
  if (answer.statusCode! >= 400 && answer.statusCode !== 404) {
    throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
  }
  return value;
}
