import type { Nanoseconds } from "../../progress/events.ts";

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

/** A device that the steps of a build may ask for, by the Container Device Interface. */
export interface Device {
  /** As in `vendor.example/class=name`. */
  name: string;
  /** Builds get it without being granted it. */
  autoAllow: boolean;
  /** It is set up when it is first asked for. */
  onDemand: boolean;
  annotations: Readonly<Record<string, string>>;
}

export interface Worker {
  id: string;
  labels: Readonly<Record<string, string>>;
  /** The first is the default platform. */
  platforms: string[];
  gcPolicy: GcPolicy[];
  /** Empty before BuildKit 0.20. */
  devices: Device[];
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
