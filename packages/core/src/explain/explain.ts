import { alignSteps } from "./align.ts";
import { changesOf, type MissReason } from "./changes.ts";
import type { BuildGraph, GraphStep } from "./graph.ts";
import { type CacheSnapshot, snapshotStep, uniqueSteps } from "./snapshot.ts";

/** A step that was not found in the cache, and why as far as that can be known. */
export interface CacheMiss {
  /** As in the build's progress. */
  digest: string;
  name: string;
  /** There is always one. */
  reasons: readonly MissReason[];
}

interface Compared {
  graphs: readonly BuildGraph[];
  now: CacheSnapshot;
  /** The build before this one; without it nothing is known but what this one was told. */
  before: CacheSnapshot | undefined;
  /** Digests of the steps that ran. */
  ran: ReadonlySet<string>;
}

type Steps = ReadonlyMap<string, GraphStep>;
type Changes = ReadonlyMap<GraphStep, readonly MissReason[]>;

/** Says of each step that ran why the cache did not have it. */
export function explainMisses({ graphs, now, before, ran }: Compared): CacheMiss[] {
  const steps = uniqueSteps(graphs);
  const changes: Changes = before ? changesByStep(steps, now, before) : new Map();
  return [...steps.values()]
    .filter(({ source, digest, name }) => !source && ran.has(digest) && !name.startsWith("[internal]"))
    .map((step) => {
      const { digest, name } = step;
      return { digest, name, reasons: reasonsFor(step, steps, changes, before !== undefined) };
    });
}

function reasonsFor(
  step: GraphStep,
  steps: Steps,
  changes: Changes,
  isCompared: boolean,
): readonly MissReason[] {
  if (step.ignoresCache) return [{ kind: "no-cache" }];
  const own = changes.get(step) ?? [];
  // Steps above say more than that this one builds on others, or has never run to its end.
  if (own.some(isChange)) return own;
  const above = othersAbove(step, steps, changes);
  if (above.length > 0) return above.map((each) => ({ kind: "follows", step: each }));
  if (own.length > 0) return own;
  return isCompared ? [{ kind: "not-cached", unless: looseSources(step, steps) }] : [{ kind: "unknown" }];
}

/** Whether the step itself is another, and not only what it builds on or what became of it. */
function isChange({ kind }: MissReason): boolean {
  return kind !== "rewired" && kind !== "unfinished";
}

function changesByStep(steps: Steps, now: CacheSnapshot, before: CacheSnapshot): Changes {
  const own = [...steps.values()].filter(({ source }) => !source);
  const described = new Map(own.map((step) => [step, snapshotStep(step, steps)]));
  const former = alignSteps([...described.values()], before.steps);
  return new Map(
    [...described].map(([step, each]) => [step, changesOf(each, former.get(each), now, before)]),
  );
}

/** Names of the nearest steps above that are others than before, or had to run. */
function othersAbove(step: GraphStep, steps: Steps, changes: Changes): string[] {
  const namesWhere = (isReason: (reason: MissReason) => boolean) => {
    const isOther = (input: GraphStep) => input.ignoresCache || (changes.get(input) ?? []).some(isReason);
    return inputsAbove(step, steps, isOther)
      .filter(isOther)
      .map(({ name }) => name);
  };
  const others = namesWhere(isChange);
  return others.length > 0 ? others : namesWhere(({ kind }) => kind === "rewired");
}

/** Names of the sources above of which nobody here knows whether they hold what they did. */
function looseSources(step: GraphStep, steps: Steps): string[] {
  return inputsAbove(step, steps, () => false).flatMap(({ source }) =>
    source?.kind === "other" && !source.isFixed ? [source.name] : [],
  );
}

/** All that a step builds on, each once, nearest first; nothing beyond where it `ends`. */
function inputsAbove(step: GraphStep, steps: Steps, ends: (input: GraphStep) => boolean): GraphStep[] {
  const found = new Set<GraphStep>();
  const visit = ({ inputs }: GraphStep) => {
    for (const input of inputs.flatMap((digest) => steps.get(digest) ?? [])) {
      if (found.has(input)) continue;
      found.add(input);
      if (!ends(input)) visit(input);
    }
  };
  visit(step);
  return [...found];
}
