import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { Workload } from "../cluster/cluster.ts";
import { nameOf } from "../cluster/node-objects.ts";

/** Why a pod does not get ready, or is not even made. */
export interface Problem {
  /** `pod b0-6d4f-abcde` */
  subject: string;
  uid: string;
  /** A word of Kubernetes: `ImagePullBackOff`. */
  reason: string;
  /** What Kubernetes says of it. */
  message: string;
  /** Where a log may tell more. */
  log?: { pod: string; container: string };
  /** How long it may last before it is hopeless, in milliseconds. Absent: as long as there is time. */
  patience?: number;
  hint?: string;
}

type ContainerProblem = Omit<Problem, "subject" | "uid" | "log"> & { crashed?: boolean };

/** Longer than Kubernetes waits before it tries again. */
const RETRY_PATIENCE_MS = 15_000;
/** Time for an autoscaler to say that it makes room. */
const SCHEDULE_PATIENCE_MS = 30_000;
const CREATE_PATIENCE_MS = 5000;

const PULL = ["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError"];
/** Words of registries and containerd for what another attempt meets again, or whoever waits for it too late. */
const FINAL_PULL =
  /not found|unauthorized|denied|forbidden|no match for platform|invalid reference|connection refused|no such host|no route to host|network is unreachable|no space left/i;
/** Only another pod spec helps. */
const FINAL = ["InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError"];
/** The machine may be at fault. */
const CREATION = ["CreateContainerError", "RunContainerError"];
const FINAL_CREATION = /no space left/i;
const CRASH = "CrashLoopBackOff";

export const UNSCHEDULABLE = "Unschedulable";

/** What keeps a pod from being ready, as its status tells; undefined while it is on its way. */
export function podProblem(pod: V1Pod): Problem | undefined {
  const { status, metadata } = pod;
  const about = { subject: `pod ${nameOf(pod)}`, uid: metadata?.uid ?? "" };
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const problem = containerProblem(container);
    if (!problem) continue;
    const { crashed, ...rest } = problem;
    return { ...about, ...rest, ...(crashed && { log: { pod: nameOf(pod), container: container.name } }) };
  }
  if (status?.phase === "Failed") {
    const { reason = "Failed", message = "" } = status;
    return { ...about, reason, message };
  }
  const unscheduled = status?.conditions?.find(
    ({ type, reason }) => type === "PodScheduled" && reason === UNSCHEDULABLE,
  );
  return (
    unscheduled && {
      ...about,
      reason: UNSCHEDULABLE,
      message: unscheduled.message ?? "",
      patience: SCHEDULE_PATIENCE_MS,
      hint: "No machine of the cluster suits: check nodeselector, tolerations, requests.* and the persistent volume.",
    }
  );
}

function containerProblem(status: V1ContainerStatus): ContainerProblem | undefined {
  const { reason = "", message = "" } = status.state?.waiting ?? {};
  if (PULL.includes(reason)) {
    const patience = FINAL_PULL.test(message) ? 0 : RETRY_PATIENCE_MS;
    const hint = `Check that the image ${status.image} is there and that the cluster may pull it.`;
    return { reason, message, patience, hint };
  }
  if (FINAL.includes(reason)) return { reason, message, patience: 0 };
  if (CREATION.includes(reason)) {
    return { reason, message, patience: FINAL_CREATION.test(message) ? 0 : RETRY_PATIENCE_MS };
  }
  if (reason !== CRASH && (status.restartCount < 2 || status.ready)) return undefined;
  const ended = status.lastState?.terminated;
  return {
    reason: ended?.reason === "OOMKilled" ? ended.reason : CRASH,
    message: `container ${status.name} ended with exit code ${ended?.exitCode ?? "unknown"}`,
    crashed: true,
    patience: 0,
    hint: "Check its image, its configuration and --buildkitd-flags.",
  };
}

/** What keeps a workload from making its pods: a quota, an admission policy, a service account that is not there. */
export function workloadProblem(
  subject: string,
  { metadata, status }: Workload,
  pods: number,
): Problem | undefined {
  if (pods > 0) return undefined;
  const failure = status?.conditions?.find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  return {
    subject,
    uid: metadata?.uid ?? "",
    reason: failure?.reason ?? "NoPods",
    message: failure?.message ?? "Kubernetes has made none",
    patience: failure ? CREATE_PATIENCE_MS : SCHEDULE_PATIENCE_MS,
    hint: "Check the namespace's quotas and policies, and the driver option serviceaccount.",
  };
}
