import { randomBytes, randomUUID } from "node:crypto";
import { isAbsolute } from "node:path";
import { type DriverContext, entitledFlags, type NewNode } from "@tsbx/core/driver";
import { type Endpoint, formatEndpoint, parseEndpoint } from "./endpoint.ts";
import { workloadName } from "./workload-name.ts";

/**
 * Completes a new node as Buildx does, so that both can use it: its endpoint, and the entitlement for
 * `--network=host` unless flags or configuration speak of entitlements themselves.
 * @throws TsbxError `UNSUPPORTED_ENDPOINT`, `INVALID_NODE_NAME`
 */
export function prepareNode(node: NewNode, { env }: DriverContext): NewNode {
  workloadName(node.name || `${node.builder}${node.index}`);
  const given: Partial<Endpoint> = node.endpoint
    ? parseEndpoint(node.endpoint)
    : { kubeconfig: env.KUBECONFIG };
  // The endpoint has a place for it, which Buildx reads too; as an option Buildx would refuse it.
  const { kubeconfig: option, ...others } = node.options;
  const moved = option !== undefined && isAbsolute(option);
  return {
    ...node,
    endpoint: formatEndpoint({
      builder: node.builder,
      deployment: given.deployment ?? (node.name || randomDeployment()),
      kubeconfig: moved ? option : given.kubeconfig,
    }),
    options: moved ? others : node.options,
    buildkitdFlags: entitledFlags(node),
  };
}

/** Only tells endpoints of one builder apart: workloads are named after their node. */
function randomDeployment(): string {
  return `buildkit-${randomUUID()}-${randomBytes(3).toString("hex").slice(0, 5)}`;
}
