import type { Duplex } from "node:stream";
import type { V1Pod } from "@kubernetes/client-node";
import { isTsbxError, TsbxError, withDeadline } from "@tsbx/core/driver";
import { BUSY, NOT_FOUND } from "../api/errors.ts";
import { podProblem } from "../boot/problem.ts";
import { isEnding, isReady, isRunning, type NodeObjects, nameOf, podsOf } from "../cluster/node-objects.ts";
import { pause } from "../cluster/pause.ts";
import { CONTAINER } from "../manifest/container.ts";
import { dialBuildkitd } from "./buildkitd.ts";
import { dialled } from "./loss.ts";
import { type LoadBalance, tryOrder } from "./order.ts";

/** The bound over all attempts. */
const DIAL_MS = 20_000;
/** The bound over one pod. */
const POD_MS = 8000;
/** How long Kubernetes may take to make a pod in the place of one that is gone. */
const REPLACEMENT_MS = 5000;

/** Errors that another pod, or the same a little later, may not have. */
const PODS_OWN = ["EXEC_FAILED", "DAEMON_UNREACHABLE", "NOT_HTTP2", "KUBERNETES_REFUSED", NOT_FOUND, BUSY];

/**
 * Opens a connection to one of the node's pods: that which the load balance chooses, or the next that answers.
 * Waits for pods that are on their way, such as one in the place of another that was deleted.
 * @param key what sticky connections belong together by
 * @throws TsbxError a pod's error when none answers
 */
export function dialNode(
  node: NodeObjects,
  balance: LoadBalance,
  key: string,
  signal: AbortSignal,
): Promise<Duplex> {
  let failure = noPod(node);
  const replaced = Date.now() + REPLACEMENT_MS;
  return withDeadline(
    DIAL_MS,
    signal,
    () => failure,
    async (either) => {
      for (;;) {
        const pods = (await podsOf(node, either)).filter((pod) => !isEnding(pod));
        for (const name of tryOrder(pods.filter(isRunning).map(nameOf), balance, key)) {
          const outcome = await dialPod(node, pods.find((pod) => nameOf(pod) === name)!, either);
          if (!(outcome instanceof Error)) return outcome;
          failure = outcome;
        }
        // The API server may not reach the kubelet of a machine that has just joined.
        const hope =
          failure.code === BUSY ||
          pods.some((pod) => !isReady(pod) && !podProblem(pod)) ||
          (Date.now() < replaced && (await lacksPods(node, pods.length, either)));
        if (!hope) throw failure;
        await pause(either);
      }
    },
  );
}

/** @returns the error when it is the pod's own */
async function dialPod(
  { cluster }: NodeObjects,
  pod: V1Pod,
  signal: AbortSignal,
): Promise<Duplex | TsbxError> {
  const name = nameOf(pod);
  const silent = () =>
    new TsbxError("DAEMON_UNREACHABLE", `buildkitd in pod ${name} did not answer within ${POD_MS / 1000} s`, {
      hint: `Look at it: kubectl describe pod ${name}, kubectl logs ${name}`,
    });
  try {
    return await withDeadline(POD_MS, signal, silent, (either) =>
      dialBuildkitd(cluster, dialled(pod, CONTAINER), either),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (isTsbxError(error) && PODS_OWN.includes(error.code)) return error;
    throw error;
  }
}

/** Whether there are to be more pods than there are. */
async function lacksPods(
  { workloads, settings }: NodeObjects,
  pods: number,
  signal: AbortSignal,
): Promise<boolean> {
  const workload = await workloads.get(settings.name, signal);
  return workload !== undefined && !isEnding(workload) && pods < (workload.spec?.replicas ?? 1);
}

function noPod({ subject }: NodeObjects): TsbxError {
  return new TsbxError("DAEMON_UNREACHABLE", `${subject} has no pod that runs`, {
    hint: "Start it: tsbx inspect --bootstrap",
  });
}
