import type { BuildOptions, BuildResult } from "@tsbx/core";
import type { BuilderNodes } from "../builders/open-nodes.ts";
import type { CommandContext } from "../commands/command.ts";
import { dockerConfigDir } from "../docker-config.ts";
import { clientStep } from "../progress/client-step.ts";
import { createRenderer } from "../progress/renderer.ts";

/** What `tsbx build` needs of the SDK. */
export type Core = Pick<
  typeof import("@tsbx/core"),
  "openNode" | "build" | "dockerConfigCredentials" | "buildMetadata" | "buildProvenance"
>;

interface Execution {
  nodes: BuilderNodes;
  request: BuildOptions;
  /** The progress mode. */
  progress: string;
  debug: boolean;
  /** How much provenance the metadata is to have. */
  provenance: "min" | "max" | undefined;
}

/** What a build left behind, and what its metadata file would hold. */
export interface Executed {
  result: BuildResult;
  metadata: Record<string, unknown>;
}

/** Builds on the nodes, which the SDK boots first, and shows the progress of both. */
export async function execute(
  { nodes, request, progress, debug, provenance: mode }: Execution,
  { io, signal }: CommandContext,
  core: Core,
): Promise<Executed> {
  const { env } = io;
  const [first] = nodes;
  const description = { builder: first.builder, driver: first.driver.name };
  const renderer = await createRenderer(progress, { output: io.stderr, env, description, debug });
  try {
    const credentials = core.dockerConfigCredentials({ configDir: dockerConfigDir(env), env });
    const run = core.build(nodes, { ...request, credentials });
    for await (const event of run.progress) renderer.write(event);
    const result = await run.result;
    const node = nodes.find(({ name }) => name === result.node) ?? first;
    if (!mode) return { result, metadata: core.buildMetadata(result, node) };
    try {
      const provenance = await clientStep(renderer, "resolving provenance for metadata file", () =>
        core.buildProvenance(node, result.ref, { mode, signal }),
      );
      return { result, metadata: core.buildMetadata(result, node, provenance) };
    } catch (error) {
      if (signal.aborted) throw error;
      // The build itself is done: what it made must not be lost for want of a description.
      const notice = `the metadata is without provenance: ${error instanceof Error ? error.message : error}`;
      const noticed = { ...result, notices: [...result.notices, notice] };
      return { result: noticed, metadata: core.buildMetadata(result, node) };
    }
  } finally {
    await renderer.close();
  }
}
