import type { Duplex } from "node:stream";
import { isTsbxError, TsbxError, withDeadline } from "@tsbx/core/driver";
import { BUSY, NOT_FOUND } from "../api/errors.ts";
import { isRunning, type NodeObjects, nameOf, podsOf } from "../cluster/node-objects.ts";
import { pause } from "../cluster/pause.ts";
import { CONTAINER } from "../manifest/container.ts";
import { dialBuildkitd } from "./buildkitd.ts";
import { type LoadBalance, tryOrder } from "./order.ts";

/** The bound over all attempts. */
const DIAL_MS = 20_000;
/** The bound over one pod. */
const POD_MS = 8000;

/** Errors that another pod, or the same a little later, may not have. */
const PODS_OWN = ["EXEC_FAILED", "DAEMON_UNREACHABLE", "NOT_HTTP2", "KUBERNETES_REFUSED", NOT_FOUND, BUSY];

/**
 * Opens a connection to one of the node's pods: that which the load balance chooses, or the next that answers.
 * @param key what sticky connections belong together by
 * @throws TsbxError the first pod's error when none answers
 */
export function dialNode(
  node: NodeObjects,
  balance: LoadBalance,
  key: string,
  signal: AbortSignal,
): Promise<Duplex> {
  const silent = (what: string, time: number) =>
    new TsbxError("DAEMON_UNREACHABLE", `${what} did not answer within ${time / 1000} s`, {
      hint: "Look at the pod: kubectl describe pod, kubectl logs",
    });
  const dialPod = (pod: string, outer: AbortSignal) =>
    withDeadline(
      POD_MS,
      outer,
      () => silent(`buildkitd in pod ${pod}`, POD_MS),
      (either) => dialBuildkitd(node.cluster, { pod, container: CONTAINER }, either),
    );
  return withDeadline(
    DIAL_MS,
    signal,
    () => silent(node.subject, DIAL_MS),
    async (either) => {
      for (;;) {
        const pods = (await podsOf(node, either)).filter(isRunning).map(nameOf);
        let first: TsbxError | undefined;
        for (const pod of tryOrder(pods, balance, key)) {
          try {
            return await dialPod(pod, either);
          } catch (error) {
            either.throwIfAborted();
            if (!isTsbxError(error) || !PODS_OWN.includes(error.code)) throw error;
            first ??= error;
          }
        }
        if (first?.code !== BUSY) throw first ?? noPod(node);
        // The API server may not reach the kubelet of a machine that has just joined.
        await pause(either);
      }
    },
  );
}

function noPod({ subject }: NodeObjects): TsbxError {
  return new TsbxError("DAEMON_UNREACHABLE", `${subject} has no pod that runs`, {
    hint: "Start it: tsbx inspect --bootstrap",
  });
}
