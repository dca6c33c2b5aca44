/** What cache export a driver's daemons can do: none, the inline kind, or every kind. */
export type CacheExport = "none" | "inline" | "all";

/** Whether tsbx passes a buildkitd configuration on; `external` when someone else manages the daemon. */
export type BuildkitConfig = "no" | "yes" | "external";

/**
 * What builds on a driver can do: data, not code. A declaration holds for every node of the driver; what
 * only a running node can tell comes out of its `probe`.
 */
export interface Capabilities {
  /** The built image is in the local image store without `--load`. */
  autoLoad: boolean;
  /** `--load` can bring the image into a local image store. */
  load: boolean;
  cacheExport: CacheExport;
  dockerTarball: boolean;
  ociTarball: boolean;
  multiPlatform: boolean;
  buildkitConfig: BuildkitConfig;
}
