import type { V1Pod, V1PodCondition } from "@kubernetes/client-node";
import { TsbxError, withDeadline } from "@tsbx/core/driver";
import type { Cluster } from "../cluster/cluster.ts";
import { evidence } from "../cluster/evidence.ts";
import { isEnding } from "../cluster/node-objects.ts";
import { pause } from "../cluster/pause.ts";
import type { ProcessEnd } from "../exec/process-end.ts";

/** Kubernetes notices the end of a container later than the connection into it does. */
const NOTICE_MS = 4000;

export interface PodContainer {
  pod: string;
  /** Tells it from another pod that takes its name, as those of StatefulSets do. */
  uid?: string;
  container: string;
}

/**
 * Why a connection into a pod has ended: what became of the pod, or of the command in it.
 * @returns undefined when nothing is wrong: the daemon closed it
 */
export async function lossOf(
  cluster: Cluster,
  at: PodContainer,
  end: ProcessEnd,
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

function lost({ pod }: PodContainer, how: string): TsbxError {
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
  { pod: name, uid, container }: PodContainer,
  end: ProcessEnd,
): Promise<Fate | undefined> {
  const before = Date.now();
  const unchanged = new TsbxError("KUBERNETES_BUSY", "the pod goes on as before");
  try {
    return await withDeadline(
      NOTICE_MS,
      NEVER,
      () => unchanged,
      async (signal) => {
        for (;;) {
          const pod = await pods.get(name, signal);
          if (!pod || (uid && pod.metadata?.uid !== uid)) return { text: "the pod was deleted" };
          const text = podFate(pod, container, before - NOTICE_MS);
          if (text !== undefined) return { text, uid: pod.metadata?.uid };
          // A command that says why it failed has not been killed with its pod.
          if (end.stderr !== "") return undefined;
          await pause(signal);
        }
      },
    );
  } catch (error) {
    if (error === unchanged) return undefined;
    throw error;
  }
}

/** @param since an end of its container before this is not meant, milliseconds since 1970 */
export function podFate(pod: V1Pod, containerName: string, since: number): string | undefined {
  const { status } = pod;
  if (isEnding(pod)) {
    const { reason, message } = status?.conditions?.find(isDisruption) ?? {};
    return reason ? `the pod is being evicted (${reason}): ${message}` : "the pod is being deleted";
  }
  if (status?.phase === "Failed") {
    return [`the pod has failed (${status.reason ?? "Failed"})`, status.message].filter(Boolean).join(": ");
  }
  const container = status?.containerStatuses?.find(({ name }) => name === containerName);
  const ended = container?.state?.terminated ?? container?.lastState?.terminated;
  if (!ended || Date.parse(String(ended.finishedAt)) < since) return undefined;
  return `its container ${containerName} ended with exit code ${ended.exitCode} (${ended.reason ?? "Error"})`;
}

/** An eviction by its API, by a taint, or in favour of another pod. */
function isDisruption({ type, status }: V1PodCondition): boolean {
  return type === "DisruptionTarget" && status === "True";
}

function execFailed({ pod }: PodContainer, { exitCode, message, stderr }: ProcessEnd, more = ""): TsbxError {
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
