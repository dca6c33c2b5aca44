import type { UsageRecord as WireUsage } from "../../gen/control.ts";
import type * as wire from "../../gen/worker.ts";
import { formatPlatform } from "../../image/platform.ts";
import type { Nanoseconds } from "../../progress/events.ts";
import { nanoseconds } from "./timestamp.ts";

/** Which BuildKit a daemon is; empty strings where a daemon was built without them. */
export interface BuildkitVersion {
  package: string;
  version: string;
  revision: string;
}

/** One rule of a worker's garbage collection. Bytes; 0 means no such limit. */
export interface GcPolicy {
  all: boolean;
  filters: string[];
  /** Milliseconds. */
  keepDuration: number;
  reservedSpace: number;
  maxUsedSpace: number;
  minFreeSpace: number;
}

export interface Worker {
  id: string;
  labels: Readonly<Record<string, string>>;
  /** The first is the default platform. */
  platforms: string[];
  gcPolicy: GcPolicy[];
  version?: BuildkitVersion;
}

/** One record of the build cache. */
export interface CacheRecord {
  id: string;
  parents: string[];
  /** `regular`, `source.local`, `exec.cachemount`, `frontend`, `internal`, ... */
  type: string;
  description: string;
  /** Bytes. */
  size: number;
  mutable: boolean;
  inUse: boolean;
  shared: boolean;
  usageCount: number;
  createdAt?: Nanoseconds;
  lastUsedAt?: Nanoseconds;
}

export function workerOf(record: wire.WorkerRecord): Worker {
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
    ...(record.buildkitVersion && { version: record.buildkitVersion }),
  };
}

export function cacheRecordOf(record: WireUsage): CacheRecord {
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
