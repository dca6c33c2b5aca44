/** A reference to content by its digest, with whatever else it says of it. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: Readonly<Record<string, unknown>>;
  annotations?: Readonly<Record<string, string>>;
}

/** An image index (OCI), or a manifest list (docker), as parsed JSON. */
export interface ImageIndex {
  schemaVersion: 2;
  mediaType: string;
  manifests: Descriptor[];
  annotations?: Record<string, string>;
}

const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

export function isIndex(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_LIST;
}

/** An annotation for an index itself, or for what it says of its images. */
export interface IndexAnnotation {
  key: string;
  value: string;
  level?: string;
  /** `os/arch[/variant]` */
  platform?: string;
}

/** Puts annotations on an index and its descriptors; those for what they refer to are in there already. */
export function annotateIndex(index: ImageIndex, annotations: readonly IndexAnnotation[]): ImageIndex {
  const annotated = structuredClone(index);
  for (const { key, value, level, platform } of annotations) {
    if (level === "index") annotated.annotations = { ...annotated.annotations, [key]: value };
    if (level !== "manifest-descriptor") continue;
    for (const manifest of annotated.manifests) {
      const { os = "unknown", architecture = "", variant = "" } = manifest.platform ?? {};
      const wanted =
        platform === undefined || platform === [os, architecture, variant].filter(Boolean).join("/");
      // Attestations are listed as of an unknown system.
      if (os !== "unknown" && wanted) manifest.annotations = { ...manifest.annotations, [key]: value };
    }
  }
  return annotated;
}

/**
 * One index of several images: their manifests in the order given, each once, with the annotations of all.
 * It is a docker manifest list only when all its parts are docker's.
 */
export function mergeIndexes(parts: readonly Pick<ImageIndex, "manifests" | "annotations">[]): ImageIndex {
  const manifests = [
    ...new Map(parts.flatMap((part) => part.manifests).map((each) => [each.digest, each])).values(),
  ];
  const oci = manifests.some(({ mediaType }) => mediaType.includes(".oci."));
  const annotations = Object.assign({}, ...parts.map((part) => part.annotations ?? {}));
  return {
    schemaVersion: 2,
    mediaType: oci ? OCI_INDEX : DOCKER_LIST,
    manifests,
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}
