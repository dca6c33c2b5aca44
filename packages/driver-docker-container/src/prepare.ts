import { type DriverContext, entitledFlags, type NewNode } from "@tsbx/core/driver";
import { currentContextName, DEFAULT_CONTEXT, findContext } from "@tsbx/docker-engine";

const HOST_ENTITLEMENT = "--allow-insecure-entitlement=network.host";

/**
 * Completes a new node as Buildx does, so that both can use it: the Docker that is in use now as its endpoint,
 * and the entitlement for `--network=host`.
 */
export async function prepareNode(node: NewNode, { env }: DriverContext): Promise<NewNode> {
  return {
    ...node,
    endpoint: node.endpoint ?? (await currentEndpoint(env)),
    buildkitdFlags:
      node.options.network === "host" && !node.buildkitdFlags.some((flag) => flag.includes("network.host"))
        ? [...node.buildkitdFlags, HOST_ENTITLEMENT]
        : entitledFlags(node),
  };
}

/** The name of the current context, or where the default one's daemon is. */
async function currentEndpoint(env: DriverContext["env"]): Promise<string> {
  const name = await currentContextName(env);
  const context = name === DEFAULT_CONTEXT ? await findContext(env, name) : undefined;
  return context?.host ?? name;
}
