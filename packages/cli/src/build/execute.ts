import type { BuilderNode, BuildOptions, BuildResult, BuildRun } from "@tsbx/core";
import type { ProgressEvent, VertexWarning } from "@tsbx/core/progress";
import type { BuilderNodes } from "../builders/open-nodes.ts";
import type { CommandContext } from "../commands/command.ts";
import { dockerConfigDir } from "../docker-config.ts";
import { clientStep } from "../progress/client-step.ts";
import { encodeWarning } from "../progress/rawjson-encode.ts";
import { createRenderer } from "../progress/renderer.ts";
import type { MetadataWishes } from "./result-files.ts";

/** What `tsbx build` needs of the SDK. */
export type Core = Pick<
  typeof import("@tsbx/core"),
  "openNode" | "build" | "dockerConfigCredentials" | "buildMetadata" | "buildProvenance"
>;

/** Sees a build go on. */
export interface BuildObserver {
  started?(run: BuildRun): void;
  event(event: ProgressEvent): void;
}

interface Execution {
  nodes: BuilderNodes;
  request: BuildOptions;
  /** The progress mode. */
  progress: string;
  debug: boolean;
  /** Absolute path of the Dockerfile, where it is a file. */
  dockerfile: string | undefined;
  observer: BuildObserver;
  /** What the metadata is to have besides what the build reports. */
  metadata: MetadataWishes;
  /** Learns the build's reference and its nodes once they are chosen. */
  onStarted: (ref: string, nodes: readonly string[]) => Promise<void>;
}

/** What a build left behind, and what its metadata file would hold. */
export interface Executed {
  result: BuildResult;
  metadata: Record<string, unknown>;
}

/** Builds on the nodes, which the SDK boots first, and shows the progress of both. */
export async function execute(
  { nodes, request, progress, debug, dockerfile, observer, metadata: wishes, onStarted }: Execution,
  { io, signal }: CommandContext,
  core: Core,
): Promise<Executed> {
  const { env } = io;
  const [first] = nodes;
  const description = { builder: first.builder, driver: first.driver.name };
  const provenanceOf = async (result: BuildResult, node: BuilderNode) => {
    const { provenance: mode } = wishes;
    if (!mode) return {};
    try {
      const provenance = await clientStep(renderer, "resolving provenance for metadata file", () =>
        core.buildProvenance(node, result.ref, { mode, signal }),
      );
      return { provenance };
    } catch (error) {
      if (signal.aborted) throw error;
      // The build itself is done: what it made must not be lost for want of a description.
      return {
        notice: `the metadata is without provenance: ${error instanceof Error ? error.message : error}`,
      };
    }
  };
  const renderer = await createRenderer(progress, {
    ...{ output: io.stderr, env, description, debug, dockerfile },
  });
  let started = Promise.resolve();
  try {
    const credentials = core.dockerConfigCredentials({ configDir: dockerConfigDir(env), env });
    const run = core.build(nodes, { ...request, credentials });
    observer.started?.(run);
    // For the history alone: no build fails for want of it.
    started = run.nodes.then((names) => onStarted(run.ref, names)).catch(() => {});
    const warnings: VertexWarning[] = [];
    for await (const event of run.progress) {
      renderer.write(event);
      observer.event(event);
      if (wishes.warnings) warnings.push(...event.warnings);
    }
    const result = await run.result;
    const node = nodes.find(({ name }) => name === result.node) ?? first;
    const { provenance, notice } = await provenanceOf(result, node);
    const noticed = notice === undefined ? result : { ...result, notices: [...result.notices, notice] };
    const more = {
      ...provenance,
      ...(warnings.length > 0 && { "buildx.build.warnings": warnings.map(encodeWarning) }),
    };
    return { result: noticed, metadata: core.buildMetadata(result, node, more) };
  } catch (error) {
    if (error instanceof Error && !signal.aborted) renderer.failed?.(error);
    throw error;
  } finally {
    await started;
    await renderer.close();
  }
}
