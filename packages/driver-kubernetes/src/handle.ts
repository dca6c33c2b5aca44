import type { DriverContext, NodeConfig, NodeHandle } from "@tsbx/core/driver";
import type { TargetRequest } from "./access/target.ts";
import { bootNode } from "./boot/boot.ts";
import { openCluster } from "./cluster/cluster.ts";
import { nodeObjects } from "./cluster/node-objects.ts";
import { removeNode } from "./cluster/removal.ts";
import { dialNode } from "./dial/node.ts";
import type { LoadBalance } from "./dial/order.ts";
import { parseEndpoint } from "./endpoint.ts";
import { nodeLogs } from "./logs.ts";
import { DEFAULT_TIMEOUT_MS } from "./options.ts";
import { optionText, workloadSettings } from "./settings.ts";
import { nodeStatus } from "./status.ts";

/** A node that is a Deployment or StatefulSet of pods with buildkitd. */
export function podsHandle(config: NodeConfig, { env, affinity = "" }: DriverContext): NodeHandle {
  const { options } = config;
  const node = nodeObjects(openCluster(targetRequest(config), env), workloadSettings(config));
  const balance = (options.loadbalance ?? "sticky") as LoadBalance;
  return {
    status: (signal) => nodeStatus(node, signal),
    boot: (progress, signal) =>
      bootNode(node, Number(options.timeout ?? DEFAULT_TIMEOUT_MS), progress, signal),
    /** Pods without a persistent volume would lose their build cache: they run until they are removed. */
    async stop() {},
    remove: ({ keepState }, signal) => removeNode(node, keepState, signal),
    dial: (signal) => dialNode(node, balance, affinity, signal),
    logs: (signal) => nodeLogs(node, signal),
    defaultLoad: options["default-load"] === true,
    connectionPerBuild: balance === "random",
  };
}

function targetRequest({ options, endpoint }: NodeConfig): TargetRequest {
  const { kubeconfig } = endpoint ? parseEndpoint(endpoint) : {};
  return {
    kubeconfig: optionText(options, "kubeconfig") ?? kubeconfig,
    context: optionText(options, "context"),
    namespace: optionText(options, "namespace"),
  };
}
