import type { CacheRecord } from "@tsbx/core";
import { goTime } from "../format/go-time.ts";
import { humanDuration, humanSize } from "../format/human.ts";
import { NIL_LIST } from "../format/template/values.ts";

/** Heads the columns of tables of cache records, by field. */
export const CACHE_HEADERS = {
  ID: "ID",
  Parents: "PARENTS",
  CreatedAt: "CREATED AT",
  Mutable: "MUTABLE",
  Reclaimable: "RECLAIMABLE",
  Shared: "SHARED",
  Size: "SIZE",
  Description: "DESCRIPTION",
  UsageCount: "USAGE COUNT",
  LastUsedAt: "LAST ACCESSED",
  Type: "TYPE",
};

/** What people see of a cache record. In tables, `*` marks mutable records and shared sizes. */
export function cacheRecordFields(
  record: CacheRecord,
  inTable: boolean,
): Record<keyof typeof CACHE_HEADERS, unknown> {
  const { lastUsedAt } = record;
  return {
    ID: record.id + (inTable && record.mutable ? "*" : ""),
    Parents: record.parents.length > 0 ? record.parents : NIL_LIST,
    CreatedAt: goTime(record.createdAt ?? 0n),
    Mutable: record.mutable,
    Reclaimable: !record.inUse,
    Shared: record.shared,
    Size: humanSize(record.size) + (inTable && record.shared ? "*" : ""),
    Description: record.description,
    UsageCount: record.usageCount,
    LastUsedAt:
      lastUsedAt === undefined ? "" : `${humanDuration(Date.now() - Number(lastUsedAt / 1_000_000n))} ago`,
    Type: record.type,
  };
}
