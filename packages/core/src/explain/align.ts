import type { SnapshotStep } from "./snapshot.ts";

/**
 * Finds for each step of a build the one that it was in the build before: of the same text in its stage, then of the
 * same text anywhere, then at the same place. What is left is new.
 */
export function alignSteps(
  now: readonly SnapshotStep[],
  before: readonly SnapshotStep[],
): Map<SnapshotStep, SnapshotStep> {
  const found = new Map<SnapshotStep, SnapshotStep>();
  const free = new Set(before);
  const rules: ((a: SnapshotStep, b: SnapshotStep) => boolean)[] = [
    (a, b) => a.stage === b.stage && a.text === b.text && a.index === b.index,
    (a, b) => a.stage === b.stage && a.text === b.text,
    (a, b) => a.text === b.text,
    (a, b) => a.stage === b.stage && a.index === b.index && instruction(a) === instruction(b),
  ];
  for (const matches of rules) {
    for (const step of now) {
      if (found.has(step)) continue;
      for (const other of free) {
        if (!matches(step, other)) continue;
        found.set(step, other);
        free.delete(other);
        break;
      }
    }
  }
  return found;
}

function instruction({ text }: SnapshotStep): string {
  return text.split(" ", 1)[0]!;
}
