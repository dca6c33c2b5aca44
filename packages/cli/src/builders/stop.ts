import type { CommandContext } from "../commands/command.ts";
import type { FlagValues, GLOBAL_FLAGS } from "../flags/table.ts";
import { withBuilderNodes } from "./open-nodes.ts";

/** Stops the nodes of a builder; their build cache stays. */
export async function stopBuilder(
  name: string | undefined,
  flags: FlagValues<typeof GLOBAL_FLAGS>,
  context: CommandContext,
): Promise<void> {
  await withBuilderNodes({ builder: name ?? flags.builder }, context, async (nodes) => {
    const stops = nodes.map((node) => node.scoped(() => node.handle.stop(context.signal)));
    const failed = (await Promise.allSettled(stops)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  });
}
