import type { V1ConfigMap } from "@kubernetes/client-node";
import { type StepProgress, throwIfAborted } from "@tsbx/core/driver";
import type { Workload } from "../cluster/cluster.ts";
import { claimsOf, type NodeObjects, nameOf } from "../cluster/node-objects.ts";
import { removeClaims, untilGone } from "../cluster/removal.ts";
import { configMaps } from "../manifest/config-maps.ts";
import { workloadManifest } from "../manifest/workload.ts";

/** How long an undo waits for pods to end, whose volumes it then removes. */
const UNDO_MS = 5000;

/** What one boot makes, so that it can take back that and nothing else. */
export class Creation {
  readonly #node: NodeObjects;
  #workload: Workload | undefined;
  readonly #maps: V1ConfigMap[] = [];
  #olderClaims: readonly string[] = [];

  constructor(node: NodeObjects) {
    this.#node = node;
  }

  /** Makes the node's objects, except those that another boot makes at the same time. */
  async run(progress: StepProgress, signal: AbortSignal): Promise<void> {
    const { cluster, settings, workloads, subject } = this.#node;
    progress(`creating ${subject} in namespace ${await cluster.client.namespace(signal)}`);
    if (settings.storage !== undefined) this.#olderClaims = (await claimsOf(this.#node, signal)).map(nameOf);
    // A request that is cut off may have been served: only answers tell what there is to undo.
    const uncut = new AbortController().signal;
    for (const { map } of configMaps(settings)) {
      const made = await cluster.configMaps.create(map, uncut);
      if (made) this.#maps.push(made);
      else await cluster.configMaps.replace(map, uncut);
      throwIfAborted(signal);
    }
    this.#workload = await workloads.create(workloadManifest(settings), uncut);
    throwIfAborted(signal);
  }

  async undo(signal: AbortSignal): Promise<void> {
    const { cluster, settings, workloads } = this.#node;
    for (const map of this.#maps) {
      await cluster.configMaps.delete(nameOf(map), { uid: map.metadata?.uid }, signal);
    }
    if (!this.#workload) return;
    const { uid } = this.#workload.metadata!;
    await workloads.delete(settings.name, { uid, propagationPolicy: "Foreground" }, signal);
    if (settings.storage === undefined) return;
    await untilGone(this.#node, UNDO_MS, signal);
    await removeClaims(this.#node, this.#olderClaims, signal);
  }
}
