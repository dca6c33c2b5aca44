import type { KubernetesObject, V1PersistentVolumeClaim, V1Pod } from "@kubernetes/client-node";
import type { Resources } from "../api/resources.ts";
import { STATE_VOLUME } from "../manifest/pod-template.ts";
import { APP_LABEL } from "../reserved.ts";
import type { WorkloadSettings } from "../settings.ts";
import type { Cluster, Workload } from "./cluster.ts";

/** What there is of one node in the cluster. */
export interface NodeObjects {
  cluster: Cluster;
  settings: WorkloadSettings;
  workloads: Resources<Workload>;
  /** For messages: `deployment b0`. */
  subject: string;
}

export function nodeObjects(cluster: Cluster, settings: WorkloadSettings): NodeObjects {
  const { name, storage } = settings;
  return storage === undefined
    ? { cluster, settings, workloads: cluster.deployments, subject: `deployment ${name}` }
    : { cluster, settings, workloads: cluster.statefulSets, subject: `statefulset ${name}` };
}

/** All pods of the node, by name; also those that have not started and those that are ending. */
export async function podsOf({ cluster, settings }: NodeObjects, signal: AbortSignal): Promise<V1Pod[]> {
  const pods = await cluster.pods.list({ labelSelector: `${APP_LABEL}=${settings.name}` }, signal);
  return [...pods].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** The persistent volume claims of the node's pods. */
export async function claimsOf(
  { cluster, settings }: NodeObjects,
  signal: AbortSignal,
): Promise<V1PersistentVolumeClaim[]> {
  const labelSelector = `${APP_LABEL}=${settings.name}`;
  const claims = await cluster.claims.list({ labelSelector }, signal);
  return claims.filter((claim) => nameOf(claim).startsWith(`${STATE_VOLUME}-${settings.name}-`));
}

export function nameOf(object: { metadata?: { name?: string } }): string {
  return object.metadata?.name ?? "";
}

/** Whether the pod has been started and is not to end. */
export function isRunning(pod: V1Pod): boolean {
  return pod.status?.phase === "Running" && !isEnding(pod);
}

/** Whether the pod's probes have succeeded. */
export function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

export function isEnding({ metadata }: KubernetesObject): boolean {
  return metadata?.deletionTimestamp !== undefined;
}

export function readyReplicas(workload: Workload): number {
  return workload.status?.readyReplicas ?? 0;
}
