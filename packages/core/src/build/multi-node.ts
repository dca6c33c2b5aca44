import { TsbxError } from "../errors.ts";
import { parseReference } from "../image/reference.ts";
import { ArchiveSpool } from "./archive-spool.ts";
import type { Assignment } from "./assign.ts";
import { bootNode } from "./boot.ts";
import { type ImagePart, mergePushed } from "./merge-pushed.ts";
import { buildOnNode, type ExporterResponse, type NodeBuild } from "./node-build.ts";
import type { BuildOptions } from "./options.ts";
import type { Plan } from "./plan.ts";
import { planBuild } from "./plan-build.ts";
import type { BuildResult } from "./run.ts";
import { StepEvents } from "./step-events.ts";

/** Exporters whose result is one stream, which several nodes cannot share. */
const SINGLE_STREAM = new Set(["tar", "oci", "docker"]);

/**
 * Builds on several nodes at once, each for its platforms. What they push is pushed by digest first; one index
 * of all is then pushed under the names.
 * @throws TsbxError `MULTI_NODE_UNSUPPORTED` for results that are one stream
 */
export async function buildOnSeveral(
  assignments: readonly Assignment[],
  part: Omit<NodeBuild, "node" | "plan">,
  cwd: string,
): Promise<BuildResult> {
  refuseStreams(part.options);
  const { context } = part.options;
  if (typeof context === "string" || !("archive" in context)) return buildParts(assignments, part, cwd);
  const archive = await ArchiveSpool.read(context.archive, part.signal);
  try {
    const options = { ...part.options, context: { archive } };
    return await buildParts(assignments, { ...part, options }, cwd);
  } finally {
    await archive.close();
  }
}

async function buildParts(
  assignments: readonly Assignment[],
  part: Omit<NodeBuild, "node" | "plan">,
  cwd: string,
): Promise<BuildResult> {
  const { ref, options, progress, transfers } = part;
  // One node's failure is the build's: the others need not go on.
  const others = new AbortController();
  const signal = AbortSignal.any([part.signal, others.signal]);
  const plans: Plan[] = [];
  let names: string[] = [];
  const building = assignments.map(async ({ node, platforms }) => {
    const own = { ...options, platforms, signal };
    const plan = await planBuild(own, cwd, signal);
    plan.attrs.set("multi-platform", "true");
    names = pushByDigest(plan);
    plans.push(plan);
    await bootNode(node, { progress, signal, several: true });
    return buildOnNode({ ...part, options: own, node, plan, signal });
  });
  const responses = await Promise.all(building).catch(async (error) => {
    others.abort(error);
    await Promise.allSettled(building);
    throw error;
  });
  const notices = plans.flatMap((plan) => plan.notices);
  const node = assignments[0]!.node.name;
  const sent = { transfers: transfers.list() };
  if (names.length === 0) return { ref, node, exporterResponse: responses[0]!, ...sent, notices };

  const steps = new StepEvents("merge", `merging manifest list ${names.join(", ")}`);
  progress.add(steps.events());
  try {
    const digest = await mergePushed(names, responses.map(imagePart), {
      nodes: assignments.map((each) => each.node),
      insecure: plans.some(({ exporters }) =>
        exporters.some(({ attrs }) => attrs["registry.insecure"] === "true"),
      ),
      credentials: options.credentials,
      annotations: options.annotations ?? [],
      onStep: steps.onStep,
      signal,
    });
    steps.end();
    return { ref, node, digest, exporterResponse: { "containerimage.digest": digest }, ...sent, notices };
  } catch (error) {
    steps.end(error);
    throw error;
  }
}

function refuseStreams({ outputs = [], load }: BuildOptions): void {
  const output = outputs.find(({ type }) => SINGLE_STREAM.has(type))?.type ?? (load ? "--load" : undefined);
  if (!output) return;
  throw new TsbxError("MULTI_NODE_UNSUPPORTED", `${output} for multi-node builds currently not supported`, {
    hint: "Push the image, or build for platforms that one node has.",
  });
}

/** Lets the plan's pushes go by digest, to the repositories alone. Returns the names that they had. */
function pushByDigest(plan: Plan): string[] {
  return plan.exporters
    .filter(({ type, attrs }) => type === "image" && attrs.push === "true")
    .flatMap(({ attrs }) => {
      const names = (attrs.name ?? "").split(",").filter(Boolean);
      const repositories = names.map((name) => {
        const { domain, path } = parseReference(name);
        return `${domain}/${path}`;
      });
      attrs.name = [...new Set(repositories)].join(",");
      attrs["push-by-digest"] = "true";
      return names;
    });
}

function imagePart(response: ExporterResponse): ImagePart {
  const encoded = response["containerimage.descriptor"];
  if (!encoded) {
    throw new TsbxError("MERGE_FAILED", "a node did not say what it pushed: its BuildKit is older than 0.10");
  }
  try {
    return JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
  } catch (cause) {
    throw new TsbxError("MERGE_FAILED", "what a node says it pushed is not JSON", { cause });
  }
}
