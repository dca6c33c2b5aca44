import type { ExportTarget } from "../buildkit/fsync/filesend.ts";
import type { LocalSource } from "../buildkit/fsync/filesync.ts";
import type { SourceVerifier } from "../buildkit/session/policy/source.ts";
import type { ImageStore } from "../driver/image-store.ts";
import type { CacheOptionsEntry, Exporter } from "../gen/control.ts";
import type { Policy } from "../gen/sourcepolicy.ts";

/** All that a solve request and its session need, gathered before the daemon hears of the build. */
export interface Plan {
  /** Frontend attributes, by BuildKit's names. */
  attrs: Map<string, string>;
  frontend: string;
  /** Whether the frontend is asked something, so that there is no result to export. */
  call: boolean;
  /** Directories that the session serves, by mount name. */
  dirs: Map<string, LocalSource>;
  /** A Dockerfile that the daemon has to fetch first, and where it goes then. */
  remoteDockerfile: { url: string; files: Map<string, Uint8Array> } | undefined;
  sourcePolicy: Policy | undefined;
  /** Whom the daemon asks about each source, in this order. */
  verifiers: readonly SourceVerifier[];
  /** Streams that the session serves once, by id. */
  uploads: Map<string, AsyncIterable<Uint8Array>>;
  /** OCI layout directories that the session serves, by store id. */
  stores: Map<string, string>;
  exporters: Exporter[];
  /** Where an exporter's files go, by the exporter's index. */
  targets: Map<number, ExportTarget>;
  /** Exporters whose image goes into a local image store, by index: which store, where the build says. */
  loads: Map<number, ImageStore | undefined>;
  cacheImports: CacheOptionsEntry[];
  cacheExports: CacheOptionsEntry[];
  /** Stable name of the context, for the daemon to compare with what it has. */
  sharedKey: string;
  /** What is left to do on this side once the daemon is done. */
  afterwards: Array<(response: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<void>>;
  notices: string[];
}

export function emptyPlan(): Plan {
  return {
    attrs: new Map(),
    frontend: "dockerfile.v0",
    call: false,
    dirs: new Map(),
    remoteDockerfile: undefined,
    sourcePolicy: undefined,
    verifiers: [],
    uploads: new Map(),
    stores: new Map(),
    exporters: [],
    targets: new Map(),
    loads: new Map(),
    cacheImports: [],
    cacheExports: [],
    sharedKey: "",
    afterwards: [],
    notices: [],
  };
}
