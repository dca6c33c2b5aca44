import { configMaps } from "../manifest/config-maps.ts";
import { claimsOf, isEnding, type NodeObjects, nameOf, podsOf } from "./node-objects.ts";
import { pause } from "./pause.ts";

/** Longer than pods get to end by themselves; those of a machine that is lost stay for as long as it is. */
const GONE_MS = 40_000;

/** Removes everything of the node, except the volumes with its build cache if `keepState`. */
export async function removeNode(node: NodeObjects, keepState: boolean, signal: AbortSignal): Promise<void> {
  const { cluster, settings, workloads } = node;
  await workloads.delete(settings.name, { propagationPolicy: "Foreground" }, signal);
  for (const { map } of configMaps(settings)) await cluster.configMaps.delete(nameOf(map), {}, signal);
  await untilGone(node, GONE_MS, signal);
  if (keepState || settings.storage === undefined) return;
  await removeClaims(node, [], signal);
  await until(GONE_MS, signal, async () => (await claimsOf(node, signal)).length === 0);
}

/**
 * Waits until nothing of the node is there that is to end: its pods, and what made them, which Kubernetes removes
 * after them. Not for longer than `patience`, in milliseconds.
 */
export async function untilGone(node: NodeObjects, patience: number, signal: AbortSignal): Promise<void> {
  const { settings, workloads } = node;
  await until(patience, signal, async () => {
    if ((await podsOf(node, signal)).length > 0) return false;
    const workload = await workloads.get(settings.name, signal);
    return workload === undefined || !isEnding(workload);
  });
}

async function until(patience: number, signal: AbortSignal, gone: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patience;
  while (Date.now() < end && !(await gone())) await pause(signal);
}

/** Removes the volumes with the node's build cache, except those named. */
export async function removeClaims(
  node: NodeObjects,
  kept: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const name of (await claimsOf(node, signal)).map(nameOf)) {
    if (!kept.includes(name)) await node.cluster.claims.delete(name, {}, signal);
  }
}
