import type { UsageRecord } from "../../gen/control.ts";
import type { WorkerRecord } from "../../gen/worker.ts";
import { formatPlatform } from "../../image/platform.ts";
import type { CacheRecord, Worker } from "./records.ts";
import { nanoseconds } from "./timestamp.ts";

export function workerOf(record: WorkerRecord): Worker {
  return {
    id: record.id,
    labels: record.labels,
    platforms: record.platforms.map((p) =>
      formatPlatform({ os: p.os, architecture: p.architecture, variant: p.variant, osVersion: p.osVersion }),
    ),
    gcPolicy: record.gcPolicy.map((policy) => ({
      all: policy.all,
      filters: policy.filters,
      keepDuration: Number(policy.keepDuration) / 1e6,
      reservedSpace: Number(policy.reservedSpace),
      maxUsedSpace: Number(policy.maxUsedSpace),
      minFreeSpace: Number(policy.minFreeSpace),
    })),
    devices: record.cdiDevices,
    ...(record.buildkitVersion && { version: record.buildkitVersion }),
  };
}

export function cacheRecordOf(record: UsageRecord): CacheRecord {
  // Before 0.10 there was one parent, in a field of its own.
  const parents = record.parents.length > 0 || !record.parent ? record.parents : [record.parent];
  return {
    id: record.id,
    parents,
    type: record.recordType,
    description: record.description,
    size: Number(record.size),
    mutable: record.mutable,
    inUse: record.inUse,
    shared: record.shared,
    usageCount: Number(record.usageCount),
    ...(record.createdAt && { createdAt: nanoseconds(record.createdAt) }),
    ...(record.lastUsedAt && { lastUsedAt: nanoseconds(record.lastUsedAt) }),
  };
}
