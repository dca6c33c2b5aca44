import type { ExporterResponse, NodeBuild } from "./node-build.ts";
import { StepEvents } from "./step-events.ts";

const DIGEST = "containerimage.digest";
const CONFIG_DIGEST = "containerimage.config.digest";

/**
 * Has the node push what it has built, one step for each reference.
 * @returns the response with the digest that the registry knows the image by
 */
export async function pushFromNode(
  build: NodeBuild,
  references: readonly string[],
  response: ExporterResponse,
): Promise<ExporterResponse> {
  let pushed: string | undefined;
  for (const reference of references) {
    const digest = await pushOne(build, reference);
    pushed ??= digest;
  }
  if (pushed === undefined) return response;
  // Where images are known by their configuration, its digest is the one that was reported.
  const config = response[CONFIG_DIGEST] ?? response[DIGEST];
  return { ...response, ...(config && { [CONFIG_DIGEST]: config }), [DIGEST]: pushed };
}

async function pushOne(
  { node, progress, signal }: NodeBuild,
  reference: string,
): Promise<string | undefined> {
  const steps = new StepEvents(`push:${reference}`, `pushing ${reference}`);
  progress.add(steps.events());
  try {
    const digest = await node.handle.push?.(reference, steps.onStep, signal);
    steps.end();
    return digest;
  } catch (error) {
    steps.end(error);
    throw error;
  }
}
