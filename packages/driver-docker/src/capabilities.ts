import type { Capabilities } from "@tsbx/core/driver";

/** What the classic image store allows. */
export const capabilities: Capabilities = {
  autoLoad: true,
  load: true,
  cacheExport: "inline",
  dockerTarball: false,
  ociTarball: false,
  multiPlatform: false,
  attestations: false,
  buildkitConfig: "no",
};

/** What the containerd image store allows besides. */
export const containerdStore: Partial<Capabilities> = {
  cacheExport: ["gha", "inline", "local", "registry"],
  dockerTarball: true,
  ociTarball: true,
  multiPlatform: true,
  attestations: true,
};
