import { type DriverContext, type NodeConfig, type StepProgress, TsbxError } from "@tsbx/core/driver";
import type { Engine } from "@tsbx/docker-engine";
import { inspectContainer } from "../container/container.ts";
import { containerName } from "../names.ts";
import { createAndStart } from "./create.ts";
import { start } from "./start.ts";
import { awaitDaemon } from "./wait.ts";

/** Others may remove the container while this waits for it; then it is made anew. */
const ROUNDS = 3;

export interface Boot {
  engine: Engine;
  node: NodeConfig;
  context: DriverContext;
  progress: StepProgress;
  signal: AbortSignal;
}

/**
 * Makes the node's container run and waits for its buildkitd. Several may do so at the same time, in any number
 * of processes: the container's name decides which of them creates it.
 * @throws TsbxError `BOOT_FAILED`, `ENGINE_ERROR`, `ENGINE_UNREACHABLE`
 */
export async function bootContainer(boot: Boot): Promise<void> {
  const { engine, node, progress, signal } = boot;
  const name = containerName(node.name);
  for (let round = 0; round < ROUNDS; round++) {
    const state = await inspectContainer(engine, name, signal);
    if (!state) {
      if (await createAndStart(boot, name)) return;
    } else {
      if (!state.Running) {
        progress(`starting container ${name}`);
        await start(boot, name, state.Status === "created");
      }
      if (await awaitDaemon(engine, name, signal)) return;
    }
  }
  throw new TsbxError("BOOT_FAILED", `container ${name} was removed while it booted`, {
    hint: "Boot it again when nobody else removes it.",
  });
}
