import { join } from "node:path";
import type { BuilderNode } from "@tsbx/core";
import type { CommandContext } from "../commands/command.ts";
import { discoverDrivers } from "../discovery/discover.ts";
import { readDockerConfig } from "../docker-config.ts";
import { selectNode } from "../selection/select.ts";
import { stateDir } from "../selection/state-dir.ts";

/** The nodes of a builder; there is always one. */
export type BuilderNodes = readonly [BuilderNode, ...BuilderNode[]];

/**
 * Runs an action on all nodes of the builder that the flags and the environment choose, and closes them.
 * Nothing is dialled or booted before the action does so.
 * @throws TsbxError `BUILDER_NOT_FOUND`, `NO_BUILDER`, or what a driver says of a node's configuration
 */
export async function withBuilderNodes<T>(
  flags: { builder?: string | undefined },
  context: CommandContext,
  action: (nodes: BuilderNodes) => Promise<T>,
): Promise<T> {
  const nodes = await openBuilderNodes(flags, context);
  try {
    return await action(nodes);
  } finally {
    await Promise.all(nodes.map((node) => node.close()));
  }
}

async function openBuilderNodes(
  flags: { builder?: string | undefined },
  { io, signal, warn }: CommandContext,
): Promise<BuilderNodes> {
  const { env } = io;
  const {
    driver,
    reason: _,
    ...config
  } = await selectNode({
    flag: flags.builder,
    env,
    dockerConfig: await readDockerConfig(env, warn),
    drivers: await discoverDrivers(io),
    stateDir: stateDir(env),
    signal,
    warn,
  });
  const { openNode } = await import("@tsbx/core");
  return [openNode(driver, config, { env, stateDir: join(stateDir(env), driver.name) })];
}
