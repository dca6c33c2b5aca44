import type { Driver } from "@tsbx/core/driver";
import { TsbxError } from "@tsbx/core/errors";
import type { InstalledDrivers } from "../discovery/drivers.ts";
import type { DockerConfig } from "../docker-config.ts";
import type { Environment } from "../io.ts";
import { detectNode } from "./detect.ts";
import { currentBuilder, endpointKey, readBuilder, storeDir } from "./store.ts";

/** A node that was picked, and why. */
export interface SelectedNode {
  driver: Driver;
  builder: string;
  name: string;
  endpoint?: string;
  options?: Record<string, string>;
  /** Ends the sentence that begins with `chosen by`. */
  reason: string;
}

export interface SelectionOptions {
  /** What `--builder` says. */
  flag?: string | undefined;
  env: Environment;
  dockerConfig: DockerConfig;
  drivers: Pick<InstalledDrivers, "has" | "load">;
  /** Directory for the drivers' own state. */
  stateDir: string;
  signal: AbortSignal;
  warn: (text: string) => void;
}

/**
 * Picks the node to build on: the builder of `--builder`, of `BUILDX_BUILDER`, or the one that is in use in
 * the store; else the daemon of `BUILDKIT_HOST`; else what the installed drivers detect on this machine.
 * @throws TsbxError `BUILDER_NOT_FOUND`, `NO_BUILDER`, or what loading the driver throws.
 */
export async function selectNode(options: SelectionOptions): Promise<SelectedNode> {
  const { flag, env, drivers } = options;
  if (flag) return namedBuilder(flag, "--builder", options);
  if (env.BUILDX_BUILDER) return namedBuilder(env.BUILDX_BUILDER, "BUILDX_BUILDER", options);
  const current = await currentBuilder(storeDir(env), endpointKey(options.dockerConfig, env));
  if (current) return namedBuilder(current, "the builder store", options);
  if (env.BUILDKIT_HOST) {
    return {
      driver: await drivers.load("remote"),
      builder: "remote",
      name: "remote0",
      endpoint: env.BUILDKIT_HOST,
      reason: "BUILDKIT_HOST",
    };
  }
  return detectNode(options);
}

async function namedBuilder(name: string, reason: string, options: SelectionOptions): Promise<SelectedNode> {
  const { env, drivers, warn } = options;
  const stored = await readBuilder(storeDir(env), name);
  if (stored) {
    const [node, ...others] = stored.nodes;
    if (others.length > 0) {
      warn(`builder ${stored.name} has ${stored.nodes.length} nodes; tsbx builds on the first, ${node.name}`);
    }
    return { driver: await drivers.load(stored.driver), builder: stored.name, ...node, reason };
  }
  if (name === "default") {
    const endpoint = env.DOCKER_HOST;
    return {
      driver: await drivers.load("docker"),
      builder: name,
      name,
      ...(endpoint && { endpoint }),
      reason,
    };
  }
  throw new TsbxError("BUILDER_NOT_FOUND", `no builder "${name}" found`, {
    hint: `It was asked for by ${reason}; the builders are in ${storeDir(env)}.`,
  });
}
