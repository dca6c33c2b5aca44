import { TsbxError } from "@tsbx/core/errors";
import { platforms } from "../build/platforms.ts";
import { noteActivity } from "../builders/activity.ts";
import { withBuilderNodes } from "../builders/open-nodes.ts";
import type { CommandContext } from "../commands/command.ts";
import { type FlagTable, type FlagValues, GLOBAL_FLAGS } from "../flags/table.ts";
import { PROGRESS_MODES } from "../progress/modes.ts";
import { createRenderer } from "../progress/renderer.ts";
import { proxy } from "./proxy.ts";

export const DIAL_STDIO_FLAGS = {
  ...GLOBAL_FLAGS,
  platform: {
    type: "string",
    complete: "platforms",
    value: "os/arch",
    doc: "Dial the node that builds for this platform",
  },
  progress: {
    type: "string",
    complete: PROGRESS_MODES,
    value: "mode",
    doc: 'Progress output: "auto", "none", "plain", "rawjson" or "tty" (default "none")',
  },
} as const satisfies FlagTable;

/** Makes the standard streams a connection to a buildkitd of the builder, which is booted first. */
export async function dialStdio(
  flags: FlagValues<typeof DIAL_STDIO_FLAGS>,
  context: CommandContext,
): Promise<void> {
  const { io, signal } = context;
  const { env, stderr } = io;
  const wanted = platforms(flags.platform === undefined ? [] : [flags.platform], env);
  if (wanted.length > 1) throw new TsbxError("INVALID_FLAG", "dial-stdio takes one platform");
  const { assignNodes, parsePlatform, StepEvents } = await import("@tsbx/core");
  wanted.map(parsePlatform);
  await withBuilderNodes(flags, context, async (nodes, host) => {
    await noteActivity(nodes[0].builder, host);
    const description = { builder: nodes[0].builder };
    const options = { output: stderr, env, description, phase: "dial-stdio", debug: flags.debug };
    const renderer = await createRenderer(flags.progress ?? "none", options);
    const steps = new StepEvents("dial-stdio", "Proxying to builder");
    const shown = (async () => {
      for await (const event of steps.events()) renderer.write(event);
    })();
    try {
      steps.onStep("Dialing builder", {});
      const boot = (node: (typeof nodes)[number]) => node.boot(steps.onStep, signal);
      const [{ node }] = await assignNodes(nodes, wanted, boot, signal);
      await boot(node);
      const connection = await node.scoped(() => node.handle.dial(signal));
      steps.onStep("Dialing builder", { done: true });
      await proxy(connection, io, signal);
      steps.end();
    } catch (error) {
      steps.end(error);
      throw error;
    } finally {
      await shown;
      await renderer.close();
    }
  });
}
