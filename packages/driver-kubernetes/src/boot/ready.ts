import type { V1Pod } from "@kubernetes/client-node";
import { type BootProgress, TsbxError } from "@tsbx/core/driver";
import type { Workload } from "../cluster/cluster.ts";
import { evidence } from "../cluster/evidence.ts";
import {
  isEnding,
  isReady,
  type NodeObjects,
  nameOf,
  podsOf,
  readyReplicas,
} from "../cluster/node-objects.ts";
import { pause } from "../cluster/pause.ts";
import { CONTAINER } from "../manifest/container.ts";
import type { Creation } from "./creation.ts";
import { Patience } from "./patience.ts";
import { type Problem, podProblem, workloadProblem } from "./problem.ts";

/** Makes the node's workload where there is none and waits until its pods are ready. */
export async function untilReady(
  node: NodeObjects,
  creation: Creation,
  timeout: number,
  progress: BootProgress,
  signal: AbortSignal,
): Promise<void> {
  const { settings, subject, workloads, cluster } = node;
  const end = Date.now() + timeout;
  const patience = new Patience(cluster);
  let said = "";
  for (;;) {
    const workload = await workloads.get(settings.name, signal);
    if (!workload) {
      // At first, or when another boot that had made it was cancelled.
      await creation.run(progress, signal);
      continue;
    }
    const ending = isEnding(workload);
    const wanted = wantedReplicas(node, workload);
    const ready = readyReplicas(workload);
    if (ready >= wanted && !ending) return;
    const step = ending
      ? `waiting for an earlier ${subject} to be gone`
      : `waiting for ${wanted} pods of ${subject} to be ready, ${ready} are`;
    if (step !== said) progress(step);
    said = step;
    const pods = ending ? [] : (await podsOf(node, signal)).filter((pod) => !isEnding(pod));
    const problems = [workloadProblem(subject, workload, pods.length), ...pods.map(podProblem)].filter(
      (problem) => problem !== undefined,
    );
    const hopeless = await patience.exhausted(problems, signal);
    if (hopeless) throw await notReady(node, `${hopeless.subject} cannot start`, hopeless, signal);
    if (Date.now() >= end) {
      const fact = `${ready} of ${wanted} pods of ${subject} are ready after ${timeout / 1000} s`;
      throw await notReady(node, fact, problems[0] ?? unready(pods), signal);
    }
    await pause(signal);
  }
}

/** What is there already may be smaller than the options say: it is used as it is. */
function wantedReplicas({ settings, subject }: NodeObjects, { spec }: Workload): number {
  const wanted = Math.min(settings.replicas, spec?.replicas ?? 1);
  if (wanted > 0) return wanted;
  throw new TsbxError("KUBERNETES_NOT_READY", `${subject} is scaled to no pods`, {
    hint: `Scale it up: kubectl scale ${subject.replace(" ", "/")} --replicas=${settings.replicas}`,
  });
}

/** The first pod that is not ready, without a problem that its status tells. */
function unready(pods: readonly V1Pod[]): Problem | undefined {
  const pod = pods.find((pod) => !isReady(pod));
  if (!pod) return undefined;
  const container = pod.status?.containerStatuses?.find(({ name }) => name === CONTAINER);
  const { reason = pod.status?.phase ?? "Pending", message = "" } = container?.state?.waiting ?? {};
  const runs = container?.state?.running !== undefined;
  return {
    subject: `pod ${nameOf(pod)}`,
    uid: pod.metadata?.uid ?? "",
    reason,
    message,
    ...(runs && { log: { pod: nameOf(pod), container: CONTAINER } }),
  };
}

async function notReady(
  { cluster }: NodeObjects,
  fact: string,
  problem: Problem | undefined,
  signal: AbortSignal,
): Promise<TsbxError> {
  const { subject = "", reason = "", message = "", hint } = problem ?? {};
  const about = fact.startsWith(subject) ? reason : `${subject}: ${reason}`;
  const why = [fact, about, message].filter((text) => text !== "").join(": ");
  const recorded = problem ? await evidence(cluster, problem, signal) : "";
  return new TsbxError("KUBERNETES_NOT_READY", `${why}${recorded}`, {
    hint: hint ?? "Give it more time with --driver-opt timeout=5m, or look with: kubectl describe pods",
  });
}
