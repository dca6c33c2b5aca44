import type { CacheRecord } from "@tsbx/core";
import { alignColumns } from "../format/align.ts";
import { humanSize } from "../format/human.ts";

/** The sums of the records' sizes, a line each. */
export function duSums(records: readonly CacheRecord[]): string {
  // The size of a record can be unknown, which is negative.
  const sum = (these: readonly CacheRecord[]) =>
    these.reduce((bytes, { size }) => bytes + Math.max(0, size), 0);
  const total = sum(records);
  const shared = sum(records.filter((record) => record.shared));
  const rows = [
    ...(shared > 0 ? [["Shared", shared] as const, ["Private", total - shared] as const] : []),
    ["Reclaimable", sum(records.filter(({ inUse }) => !inUse))] as const,
    ["Total", total] as const,
  ];
  const text = rows.map(([title, bytes]) => `${title}:\t${humanSize(bytes)}\n`).join("");
  return alignColumns(text, { minWidth: 1, padding: 1, padWith: "\t" });
}
