/** What cache export a node's daemon can do: none, the inline kind, every kind, or the kinds that are listed. */
export type CacheExport = "none" | "inline" | "all" | readonly string[];

/** Whether tsbx passes a buildkitd configuration on; `external` when someone else manages the daemon. */
export type BuildkitConfig = "no" | "yes" | "external";

/** What builds on a node can do: data, not code. {@link CAPABILITIES} says what each means. */
export interface Capabilities {
  /** The built image is in the local image store without `--load`. */
  autoLoad: boolean;
  /** `--load` can bring the image into a local image store. */
  load: boolean;
  cacheExport: CacheExport;
  /** `--output type=docker,dest=...` */
  dockerTarball: boolean;
  /** `--output type=oci` */
  ociTarball: boolean;
  /** One build for several platforms. */
  multiPlatform: boolean;
  /** Provenance and SBOM with the image. */
  attestations: boolean;
  buildkitConfig: BuildkitConfig;
}

/** What more the nodes of a driver can do under a condition. */
export interface CapabilityVariant {
  /** Ends the sentence "they can do this ...": `with the containerd image store`. */
  when: string;
  capabilities: Partial<Capabilities>;
}
