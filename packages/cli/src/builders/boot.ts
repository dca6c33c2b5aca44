import type { Driver } from "@tsbx/core/driver";
import type { CommandContext } from "../commands/command.ts";
import { createRenderer } from "../progress/renderer.ts";
import type { Builder } from "./builder.ts";
import type { BuilderHost } from "./host.ts";
import { closeNodes, openNodes } from "./open-nodes.ts";

/** Boots all nodes of a builder at once, and shows how. */
export async function bootBuilder(
  builder: Builder,
  driver: Driver,
  host: BuilderHost,
  { io: { stderr, env }, signal }: CommandContext,
  debug: boolean,
): Promise<void> {
  const core = await import("@tsbx/core");
  const nodes = openNodes(builder, driver, host, core);
  const renderer = await createRenderer(env.BUILDKIT_PROGRESS || "auto", {
    output: stderr,
    env,
    description: { builder: builder.name, driver: driver.name },
    debug,
  });
  try {
    const boots = nodes.map(async (node) => {
      const title = nodes.length > 1 ? `[${node.name} internal]` : "[internal]";
      const steps = new core.StepEvents(`boot:${node.name}`, `${title} booting buildkit`);
      const shown = (async () => {
        for await (const event of steps.events()) renderer.write(event);
      })();
      try {
        await node.boot(steps.onStep, signal);
        steps.end();
      } catch (error) {
        steps.end(error);
        throw error;
      } finally {
        await shown;
      }
    });
    const failed = (await Promise.allSettled(boots)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  } finally {
    await renderer.close();
    await closeNodes(nodes);
  }
}
