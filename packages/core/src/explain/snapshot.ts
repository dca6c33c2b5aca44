import { type FileList, listFiles } from "./files.ts";
import type { BuildGraph, GraphStep, LocalPaths } from "./graph.ts";
import { parseStepName } from "./step-name.ts";

/** What a step was, for a later build to compare its own with. */
export interface SnapshotStep extends Pick<GraphStep, "parts" | "variables"> {
  stage: string;
  index: number;
  text: string;
  /** What it builds on: names of steps, and of sources. */
  inputs: readonly string[];
  /** The images that it builds on, by name. */
  images: Readonly<Record<string, string>>;
  takes: readonly (Omit<LocalPaths, "source"> & { mount: string })[];
  /** Whether it came to its end, or was in the cache. */
  isDone: boolean;
}

/** A build as far as the next one's use of the cache depends on it. Plain data, for a file. */
export interface CacheSnapshot {
  version: 1;
  steps: readonly SnapshotStep[];
  /** What the directories held, by mount name. */
  files: Readonly<Record<string, FileList>>;
  /** Names of the build arguments that were given. */
  arguments: readonly string[];
}

export interface SnapshotOptions {
  /** What there was of the last build: files that have not changed are not read again. */
  before: CacheSnapshot | undefined;
  /** Of a build that failed: digests of the steps that came to their end or were cached. Default: all of them. */
  done?: ReadonlySet<string>;
  /** Names of the build arguments. */
  buildArgs: readonly string[];
  /** When the build began to read files. */
  began: Date;
  signal: AbortSignal;
}

/** Takes down what a build was. Reads the files of its contexts that have changed since the last time. */
export async function takeSnapshot(
  graphs: readonly BuildGraph[],
  { before, done, buildArgs, began, signal }: SnapshotOptions,
): Promise<CacheSnapshot> {
  const steps = uniqueSteps(graphs);
  const files: Record<string, FileList> = {};
  for (const [mount, root] of Object.entries(
    Object.assign({}, ...graphs.map(({ directories }) => directories)),
  )) {
    const filters = [...steps.values()].flatMap(({ source }) =>
      source?.kind === "local" && source.mount === mount ? [source.filter] : [],
    );
    const known = before?.files[mount] ?? {};
    const options = { known, began: BigInt(began.getTime()) * 1_000_000n, signal };
    if (filters.length > 0) files[mount] = await listFiles(String(root), filters, options);
  }
  const ownSteps = [...steps.values()].filter(({ source }) => !source);
  return {
    version: 1,
    steps: ownSteps.map((step) => snapshotStep(step, steps, done)),
    files,
    arguments: [...buildArgs],
  };
}

export function uniqueSteps(graphs: readonly BuildGraph[]): Map<string, GraphStep> {
  return new Map(graphs.flatMap(({ steps }) => steps.map((step) => [step.digest, step] as const)));
}

/** A step as a snapshot has it. */
export function snapshotStep(
  step: GraphStep,
  steps: ReadonlyMap<string, GraphStep>,
  done?: ReadonlySet<string>,
): SnapshotStep {
  const { parts, variables, takes } = step;
  const inputs = step.inputs.flatMap((digest) => steps.get(digest) ?? []);
  const images = inputs.flatMap(({ source }) => (source?.kind === "image" ? [[source.name, source.id]] : []));
  return {
    ...parseStepName(step.name),
    parts,
    variables,
    inputs: inputs.map(inputName),
    images: Object.fromEntries(images),
    takes: takes.flatMap(({ source, ...paths }) => {
      const from = steps.get(source)?.source;
      return from?.kind === "local" ? [{ ...paths, mount: from.mount }] : [];
    }),
    isDone: done?.has(step.digest) ?? true,
  };
}

/** Without numbers, which change with steps before it. */
function inputName({ name, source }: GraphStep): string {
  if (source) return source.kind === "local" ? `local ${source.mount}` : source.name;
  const { stage, text } = parseStepName(name);
  return `${stage} ${text}`;
}
