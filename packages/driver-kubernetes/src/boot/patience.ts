import { isTsbxError } from "@tsbx/core/driver";
import type { Cluster } from "../cluster/cluster.ts";
import { eventsOf } from "../cluster/events.ts";
import { type Problem, UNSCHEDULABLE } from "./problem.ts";

/** With these events the cluster-autoscaler and Karpenter say that they make room for a pod. */
const MAKES_ROOM = ["TriggeredScaleUp", "Nominated"];

/** Tells when a problem has lasted so long that there is nothing to wait for. */
export class Patience {
  readonly #cluster: Cluster;
  #since = new Map<string, number>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** @param problems those that there are now */
  async exhausted(problems: readonly Problem[], signal: AbortSignal): Promise<Problem | undefined> {
    const now = Date.now();
    this.#since = new Map(problems.map(({ uid }) => [uid, this.#since.get(uid) ?? now]));
    for (const problem of problems) {
      const { uid, reason, patience } = problem;
      if (patience === undefined || now - this.#since.get(uid)! < patience) continue;
      if (reason === UNSCHEDULABLE && (await this.#hasHope(uid, signal))) continue;
      return problem;
    }
    return undefined;
  }

  async #hasHope(uid: string, signal: AbortSignal): Promise<boolean> {
    try {
      const events = await eventsOf(this.#cluster, { uid }, signal);
      return events.some(({ reason }) => MAKES_ROOM.includes(reason ?? ""));
    } catch (error) {
      if (signal.aborted || !isTsbxError(error)) throw error;
      // Whoever may not read events waits as long as the user said.
      return true;
    }
  }
}
