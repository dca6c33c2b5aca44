import type { V1ContainerStatus, V1Pod, V1PodCondition } from "@kubernetes/client-node";
import { TsbxError, withDeadline } from "@tsbx/core/driver";
import type { Cluster } from "../cluster/cluster.ts";
import { evidence } from "../cluster/evidence.ts";
import { isEnding, nameOf } from "../cluster/node-objects.ts";
import { pause } from "../cluster/pause.ts";
import type { ProcessEnd } from "../exec/process-end.ts";

/** Kubernetes notices the end of a container later than the connection into it does. */
const NOTICE_MS = 4000;

/** A container as it was when a connection into it was opened. */
export interface DialledContainer {
  pod: string;
  /** Tells it from another pod that takes its name, as those of StatefulSets do. */
  uid: string | undefined;
  container: string;
  /** How often it had been started again. */
  restarts: number;
  /** Milliseconds since 1970. */
  at: number;
}

export function dialled(pod: V1Pod, container: string): DialledContainer {
  const { uid } = pod.metadata ?? {};
  const restarts = statusOf(pod, container)?.restartCount ?? 0;
  return { pod: nameOf(pod), uid, container, restarts, at: Date.now() };
}

interface ConnectionEnd extends ProcessEnd {
  /** Whether buildkitd had answered. */
  served: boolean;
}

/**
 * Why a connection into a pod has ended: what became of the pod, or of the command in it.
 * @returns undefined when nothing is wrong: the daemon closed it
 */
export async function lossOf(
  cluster: Cluster,
  at: DialledContainer,
  end: ConnectionEnd,
): Promise<TsbxError | undefined> {
  const fate = await fateOf(cluster, at, end).catch((error: Error) => error);
  if (fate === undefined) return end.success ? undefined : execFailed(at, end);
  if (fate instanceof Error) {
    const unread = `what became of the pod cannot be read: ${fate.message}`;
    return end.success ? lost(at, unread) : execFailed(at, end, `; ${unread}`);
  }
  const uid = fate.uid ?? at.uid;
  const recorded = await evidence(cluster, uid === undefined ? { pod: at.pod } : { uid }, NEVER);
  return lost(at, `${fate.text}${recorded}`);
}

function lost({ pod }: DialledContainer, how: string): TsbxError {
  return new TsbxError("DAEMON_UNREACHABLE", `the connection into pod ${pod} was lost: ${how}`, {
    hint: "Run it again: Kubernetes starts another pod where this one was not removed on purpose.",
  });
}

const NEVER = new AbortController().signal;

interface Fate {
  text: string;
  uid?: string;
}

/** What has become of the pod; undefined when it goes on as before. */
async function fateOf(
  { pods }: Cluster,
  at: DialledContainer,
  end: ConnectionEnd,
): Promise<Fate | undefined> {
  const unchanged = new TsbxError("KUBERNETES_BUSY", "the pod goes on as before");
  try {
    return await withDeadline(
      NOTICE_MS,
      NEVER,
      () => unchanged,
      async (signal) => {
        for (;;) {
          const pod = await pods.get(at.pod, signal);
          if (!pod || isAnother(pod, at)) return { text: "the pod was deleted" };
          const text = podFate(pod, at);
          if (text !== undefined) return { text, uid: pod.metadata?.uid };
          // A command that cannot reach a buildkitd says why.
          if (!end.served && end.stderr !== "") return undefined;
          await pause(signal);
        }
      },
    );
  } catch (error) {
    if (error === unchanged) return undefined;
    throw error;
  }
}

/** Whether it has but the name of the pod that was dialled. */
export function isAnother({ metadata }: V1Pod, { uid }: DialledContainer): boolean {
  return uid !== undefined && metadata?.uid !== uid;
}

export function podFate(pod: V1Pod, at: DialledContainer): string | undefined {
  if (!isEnding(pod)) return endOfContainer(pod, at);
  const { reason, message } = pod.status?.conditions?.find(isDisruption) ?? {};
  return reason ? `the pod is being evicted (${reason}): ${message}` : "the pod is being deleted";
}

/** How the container has ended since it was dialled; undefined while it runs, also in a pod that is being deleted. */
export function endOfContainer(pod: V1Pod, at: DialledContainer): string | undefined {
  const { status } = pod;
  if (status?.phase === "Failed") {
    return [`the pod has failed (${status.reason ?? "Failed"})`, status.message].filter(Boolean).join(": ");
  }
  const { state, lastState, restartCount = 0 } = statusOf(pod, at.container) ?? {};
  const ended = state?.terminated ?? (restartCount > at.restarts ? lastState?.terminated : undefined);
  // Who dials a container that was just started again may have been told of the former one. Whole seconds are kept.
  if (!ended || Date.parse(String(ended.finishedAt)) < at.at - 1000) return undefined;
  return `its container ${at.container} ended with exit code ${ended.exitCode} (${ended.reason ?? "Error"})`;
}

function statusOf({ status }: V1Pod, container: string): V1ContainerStatus | undefined {
  return status?.containerStatuses?.find(({ name }) => name === container);
}

/** An eviction by its API, by a taint, or in favour of another pod. */
function isDisruption({ type, status }: V1PodCondition): boolean {
  return type === "DisruptionTarget" && status === "True";
}

function execFailed(
  { pod }: DialledContainer,
  { exitCode, message, stderr }: ProcessEnd,
  more = "",
): TsbxError {
  const how =
    exitCode === undefined ? (message ?? "the connection was lost") : `it ended with status ${exitCode}`;
  return new TsbxError(
    "EXEC_FAILED",
    `buildctl dial-stdio failed in pod ${pod}: ${how}${stderr && `: ${stderr}`}${more}`,
    {
      hint: `Look at the pod's log: kubectl logs ${pod}`,
    },
  );
}
