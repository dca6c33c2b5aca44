import type { V1Pod } from "@kubernetes/client-node";
import { isTsbxError, type NodeReplica, type NodeStatus, throwIfAborted } from "@tsbx/core/driver";
import { UNREACHABLE } from "./api/errors.ts";
import { podProblem } from "./boot/problem.ts";
import {
  isEnding,
  isRunning,
  type NodeObjects,
  nameOf,
  podsOf,
  readyReplicas,
} from "./cluster/node-objects.ts";
import { PLATFORM_ANNOTATION } from "./reserved.ts";

/** What a node's workload and pods tell of its state. */
export async function nodeStatus(node: NodeObjects, signal: AbortSignal): Promise<NodeStatus> {
  try {
    return await readStatus(node, signal);
  } catch (error) {
    throwIfAborted(signal);
    if (!isTsbxError(error)) throw error;
    const detail = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
    return { state: error.code === UNREACHABLE ? "inactive" : "error", detail };
  }
}

async function readStatus(node: NodeObjects, signal: AbortSignal): Promise<NodeStatus> {
  const { cluster, settings, subject, workloads } = node;
  const workload = await workloads.get(settings.name, signal);
  if (!workload) return { state: "inactive" };
  const place = `${subject} in namespace ${await cluster.client.namespace(signal)}`;
  if (isEnding(workload)) return { state: "stopping", detail: place };
  const replicas = workload.spec?.replicas ?? 1;
  const ready = readyReplicas(workload);
  const pods = await podsOf(node, signal);
  if (ready > 0) {
    const detail = `${place}, ${ready} of ${replicas} pods ready`;
    return { state: "running", detail, replicas: pods.filter(isRunning).map(replicaOf) };
  }
  if (replicas === 0) return { state: "stopped", detail: `${place} is scaled to no pods` };
  const problem = pods.map(podProblem).find((found) => found !== undefined);
  if (!problem) return { state: "starting", detail: place };
  const { subject: pod, reason, message, patience } = problem;
  return { state: patience === 0 ? "error" : "starting", detail: `${pod}: ${reason}: ${message}` };
}

function replicaOf(pod: V1Pod): NodeReplica {
  const platforms = pod.metadata?.annotations?.[PLATFORM_ANNOTATION];
  return { name: nameOf(pod), ...(platforms && { platforms: platforms.split(",") }) };
}
