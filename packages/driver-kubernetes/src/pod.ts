import type { Duplex } from "node:stream";
import type { V1Pod } from "@kubernetes/client-node";
import { type DriverContext, TsbxError } from "@tsbx/core/driver";
import type { TargetRequest } from "./access/target.ts";
import { type Cluster, openCluster } from "./cluster/cluster.ts";
import { dialBuildkitd } from "./dial/buildkitd.ts";
import { dialled } from "./dial/loss.ts";

/** A pod that someone else runs a buildkitd in. */
export interface PodAddress extends TargetRequest {
  pod: string;
  /** Default: what the pod's annotation names, as for kubectl, else its first. */
  container?: string;
}

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-default-container */
const DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

/**
 * Opens a connection to the buildkitd in a pod, and waits for its first bytes, which stay unread.
 * @param signal from `withDeadline`; bounds the start alone
 * @throws TsbxError `KUBERNETES_NOT_FOUND`, `KUBERNETES_DENIED`, `KUBERNETES_UNREACHABLE`, `EXEC_FAILED` and so on
 */
export async function dialPod(
  address: PodAddress,
  env: DriverContext["env"],
  signal: AbortSignal,
): Promise<Duplex> {
  const { pod, container, ...request } = address;
  const cluster = openCluster(request, env);
  const found = await podNamed(cluster, pod, signal);
  return dialBuildkitd(cluster, dialled(found, container ?? defaultContainer(found)), signal);
}

async function podNamed(cluster: Cluster, name: string, signal: AbortSignal): Promise<V1Pod> {
  const pod = await cluster.pods.get(name, signal);
  if (pod) return pod;
  const namespace = await cluster.client.namespace(signal);
  throw new TsbxError("KUBERNETES_NOT_FOUND", `there is no pod ${name} in namespace ${namespace}`, {
    hint: `List them: kubectl get pods --namespace ${namespace}`,
  });
}

function defaultContainer({ metadata, spec }: V1Pod): string {
  return metadata?.annotations?.[DEFAULT_CONTAINER] ?? spec!.containers[0]!.name;
}
