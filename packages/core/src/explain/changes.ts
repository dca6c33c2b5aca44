import { UNKNOWN } from "./files.ts";
import { selection } from "./selection.ts";
import type { CacheSnapshot, SnapshotStep } from "./snapshot.ts";

/** Why a step was not found in the cache. */
export type MissReason =
  /** It was not looked for: `noCache`. */
  | { kind: "no-cache" }
  /** The Dockerfile did not have it. */
  | { kind: "new" }
  /** `command`, `working directory`, `user`, ... is another. */
  | { kind: "part"; name: string }
  /** A variable, which may have been given as a build argument. */
  | { kind: "argument" | "variable"; name: string }
  /** An image that it builds on is another. */
  | { kind: "image"; name: string }
  /** Files that it reads are others, there or gone. */
  | { kind: "files"; changed: readonly string[]; added: readonly string[]; removed: readonly string[] }
  /** A step before it, named here, is another or had to run. */
  | { kind: "follows"; step: string }
  /** It is the same, but builds on something else. */
  | { kind: "rewired" }
  /** It is the same, but did not come to its end in the build before. */
  | { kind: "unfinished" }
  /** Nothing that it depends on has changed, unless that is in sources of which nobody here knows. */
  | { kind: "not-cached"; unless: readonly string[] }
  /** There is no build before to compare with. */
  | { kind: "unknown" };

/** What of a step itself is another than before. */
export function changesOf(
  step: SnapshotStep,
  former: SnapshotStep | undefined,
  now: CacheSnapshot,
  before: CacheSnapshot,
): MissReason[] {
  if (!former) return [{ kind: "new" }];
  const given = new Set([...now.arguments, ...before.arguments]);
  const reasons: MissReason[] = [
    ...changedKeys(step.parts, former.parts).map((name) => ({ kind: "part" as const, name })),
    ...changedKeys(step.variables, former.variables).map((name) => ({
      kind: given.has(name) ? ("argument" as const) : ("variable" as const),
      name,
    })),
    ...changedKeys(step.images, former.images)
      .filter((name) => Object.hasOwn(step.images, name))
      .map((name) => ({ kind: "image" as const, name })),
    ...changedFiles(step, now, before),
  ];
  if (reasons.length > 0) return reasons;
  if (step.inputs.join("\n") !== former.inputs.join("\n")) return [{ kind: "rewired" }];
  return former.isDone ? [] : [{ kind: "unfinished" }];
}

type Texts = Readonly<Record<string, string>>;

function changedKeys(now: Texts, before: Texts): string[] {
  const names = new Set([...Object.keys(now), ...Object.keys(before)]);
  return [...names].filter((name) => now[name] !== before[name]).sort();
}

function changedFiles(step: SnapshotStep, now: CacheSnapshot, before: CacheSnapshot): MissReason[] {
  const changed = new Set<string>();
  const added = new Set<string>();
  const removed = new Set<string>();
  for (const { mount, ...paths } of step.takes) {
    const current = now.files[mount] ?? {};
    const former = before.files[mount] ?? {};
    const isRead = selection(paths);
    for (const [path, [, digest]] of Object.entries(current)) {
      if (!isRead(path)) continue;
      if (!Object.hasOwn(former, path)) added.add(path);
      else if (former[path]![1] !== digest || digest === UNKNOWN) changed.add(path);
    }
    for (const path of Object.keys(former)) {
      if (!Object.hasOwn(current, path) && isRead(path)) removed.add(path);
    }
  }
  if (changed.size + added.size + removed.size === 0) return [];
  return [{ kind: "files", changed: [...changed], added: [...added], removed: [...removed] }];
}
