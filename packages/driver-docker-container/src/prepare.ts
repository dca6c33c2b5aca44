import { type DriverContext, entitledFlags, type NewNode } from "@tsbx/core/driver";
import { lastingEndpoint } from "@tsbx/docker-engine";

const HOST_ENTITLEMENT = "--allow-insecure-entitlement=network.host";

/**
 * Completes a new node as Buildx does, so that both can use it: the Docker that is in use now as its endpoint,
 * and the entitlement for `--network=host`.
 * @throws TsbxError `DOCKER_CONTEXT_NOT_FOUND`, `DOCKER_CONFIG_INVALID`
 */
export async function prepareNode(node: NewNode, { env }: DriverContext): Promise<NewNode> {
  return {
    ...node,
    endpoint: await lastingEndpoint(node.endpoint, env),
    buildkitdFlags:
      node.options.network === "host" && !node.buildkitdFlags.some((flag) => flag.includes("network.host"))
        ? [...node.buildkitdFlags, HOST_ENTITLEMENT]
        : entitledFlags(node),
  };
}
