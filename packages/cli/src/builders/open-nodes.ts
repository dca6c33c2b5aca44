import type { BuilderNode } from "@tsbx/core";
import type { Driver, DriverContext } from "@tsbx/core/driver";
import type { CommandContext } from "../commands/command.ts";
import { dockerConfigDir } from "../docker-config.ts";
import type { Builder } from "./builder.ts";
import { type BuilderHost, builderHost, driverContext } from "./host.ts";
import { selectBuilder } from "./select.ts";

/** The nodes of a builder; there is always one. */
export type BuilderNodes = readonly [BuilderNode, ...BuilderNode[]];

/** What opening nodes needs of the SDK. */
export type NodeOpener = Pick<typeof import("@tsbx/core"), "openNode" | "dockerConfigCredentials">;

/**
 * Makes the nodes of a builder usable. Does no I/O.
 * @param affinity see {@link DriverContext.affinity}
 * @throws TsbxError what the driver says of a node's configuration
 */
export function openNodes(
  { nodes: [first, ...others] }: Builder,
  driver: Driver,
  host: Pick<BuilderHost, "env">,
  core: NodeOpener,
  affinity?: string,
): BuilderNodes {
  const { env } = host;
  const context: DriverContext = {
    ...driverContext(host, driver.name),
    credentials: core.dockerConfigCredentials({ configDir: dockerConfigDir(env), env }),
    ...(affinity !== undefined && { affinity }),
  };
  const open = (node: Builder["nodes"][number]) => core.openNode(driver, node, context);
  return [open(first), ...others.map(open)];
}

/** Closes the nodes, whatever became of them. */
export async function closeNodes(nodes: BuilderNodes): Promise<void> {
  await Promise.all(nodes.map((node) => node.close()));
}

/**
 * Runs an action on all nodes of the builder that the flags and the environment choose, and closes them.
 * Nothing is dialled or booted before the action does so.
 * @throws TsbxError `BUILDER_NOT_FOUND`, `NO_BUILDER`, or what a driver says of a node's configuration
 */
export async function withBuilderNodes<T>(
  flags: { builder?: string | undefined },
  context: CommandContext,
  action: (nodes: BuilderNodes, host: BuilderHost) => Promise<T>,
): Promise<T> {
  const host = await builderHost(context);
  const { builder, driver } = await selectBuilder(flags.builder, host);
  const nodes = openNodes(builder, driver, host, await import("@tsbx/core"), host.cwd);
  try {
    return await action(nodes, host);
  } finally {
    await closeNodes(nodes);
  }
}
