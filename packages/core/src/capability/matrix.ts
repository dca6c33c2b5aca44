import type { Capabilities, CapabilityVariant } from "./capability.ts";

/** One row of the capability matrix: what a capability means, and what to do without it. */
export interface CapabilityRow {
  /** Heads the row where there is little room. */
  label: string;
  /** Heads the row. */
  title: string;
  /** What it means for builds on such a node. */
  meaning: string;
  /** What to do on a node without it. */
  without: string;
}

/** Every capability with its text, in the order in which people look for them. */
export const CAPABILITIES: Readonly<Record<keyof Capabilities, CapabilityRow>> = {
  autoLoad: {
    label: "auto load",
    title: "Image lands in the local image store by itself",
    meaning: "a build that names no output leaves its image where `docker images` lists it",
    without: "add --load, or create the builder with --driver-opt default-load=true",
  },
  load: {
    label: "--load",
    title: "Load with --load",
    meaning: "--load brings the image into a local image store",
    without: "write a tarball with --output type=docker,dest=image.tar, or push the image",
  },
  cacheExport: {
    label: "--cache-to",
    title: "Cache export",
    meaning: "which types --cache-to can have: `inline` is stored in the image itself, `all` is any type",
    without: "use --cache-to type=inline with an image that is pushed",
  },
  dockerTarball: {
    label: "docker tarball",
    title: "Docker tarball output",
    meaning: "--output type=docker,dest=FILE",
    without: "load the image and save it from there",
  },
  ociTarball: {
    label: "OCI tarball",
    title: "OCI tarball output",
    meaning: "--output type=oci,dest=FILE",
    without: "push the image, or load it and save it from there",
  },
  multiPlatform: {
    label: "several platforms",
    title: "Multi-platform images",
    meaning: "several values of --platform make one image",
    without: "build for one platform at a time",
  },
  attestations: {
    label: "attestations",
    title: "Attestations",
    meaning: "provenance and SBOM are stored with the image (--provenance, --sbom)",
    without: "leave --attest, --provenance and --sbom out",
  },
  buildkitConfig: {
    label: "BuildKit config",
    title: "BuildKit configuration",
    meaning:
      "--buildkitd-config and --buildkitd-flags of create reach the daemon; `external` when someone else runs it",
    without: "configure the daemon where it runs",
  },
};

/**
 * A driver's cell of the matrix, as text: `yes`, `no`, `inline`, `all`, `gha/local`, `external`, and what else it is
 * under a condition, as in `no (yes with the containerd image store)`.
 */
export function capabilityCell(
  capability: keyof Capabilities,
  driver: { capabilities: Capabilities; variants?: readonly CapabilityVariant[] },
): string {
  const plain = word(driver.capabilities[capability]);
  const others = (driver.variants ?? [])
    .filter(({ capabilities }) => capabilities[capability] !== undefined)
    .map(({ when, capabilities }) => `${word(capabilities[capability]!)} ${when}`)
    .filter((text) => !text.startsWith(`${plain} `));
  return others.length > 0 ? `${plain} (${others.join(", ")})` : plain;
}

function word(value: Capabilities[keyof Capabilities]): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : value.join("/");
}
