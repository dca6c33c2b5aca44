/** What the daemon knows of a source: at first what the build says of it, then also what was resolved. */
export interface SourceRequest {
  /** `docker-image://docker.io/library/alpine:latest`, `git://...`, `https://...`, `local://context`, ... */
  identifier: string;
  /** BuildKit's attributes of the source, for example `git.fullurl`, `http.checksum` or `image.checksum`. */
  attrs: Readonly<Record<string, string>>;
  /** `os/arch[/variant]` that the source is for, where it is for one. */
  platform?: string;
  /** Once resolved, of an image. */
  image?: SourceImage;
  /** Once resolved, of a git repository. */
  git?: SourceGit;
  /** Once resolved, of a download. */
  http?: SourceHttp;
}

export interface SourceImage {
  /** Of the manifest or the index that the name stands for, with its algorithm. */
  digest: string;
  /** The image's configuration for the platform, as JSON. */
  config: Uint8Array;
  attestationChain?: AttestationChain;
}

/** What of an image's attestations was asked for. Nothing of it is verified. */
export interface AttestationChain {
  /** Digests of the index, the platform's manifest, and that of its attestations; empty where there is none. */
  root: string;
  imageManifest: string;
  attestationManifest: string;
  /** Digests of the manifests with signatures of the attestations. */
  signatureManifests: readonly string[];
  /** The content of all of them, and of the attestations that were asked for, by digest. */
  blobs: ReadonlyMap<string, AttestationBlob>;
}

export interface AttestationBlob {
  mediaType: string;
  annotations: Readonly<Record<string, string>>;
  data: Uint8Array;
}

export interface SourceGit {
  /** Of what `ref` stands for: a commit, or an annotated tag. */
  checksum: string;
  ref: string;
  /** Of the commit, where `checksum` is an annotated tag's. */
  commitChecksum?: string;
  /** Git's own objects, when they were asked for. */
  commitObject?: Uint8Array;
  tagObject?: Uint8Array;
}

export interface SourceHttp {
  /** Of the content, with its algorithm. */
  checksum: string;
  filename?: string;
  lastModified?: Date;
  /** Of the content with a suffix, when that was asked for. */
  suffixed?: { digest: string; suffix: Uint8Array };
}

/** The source may be used as it is. */
export interface AllowSource {
  action: "ALLOW";
}

/** The build ends. */
export interface DenySource {
  action: "DENY";
  /** Why, for who reads the error. */
  messages?: readonly string[];
}

/** Another source is used in its place; the daemon asks about that one then. */
export interface ConvertSource {
  action: "CONVERT";
  /** Default: the same. */
  identifier?: string;
  /** All attributes of the new source. Default: the same. */
  attrs?: Readonly<Record<string, string>>;
}

/** Nothing is decided yet: the daemon resolves the source and asks again, at most ten times. */
export interface ResolveSource {
  action: "RESOLVE";
  /** Of an image, besides its digest and configuration. */
  image?: {
    /** Adds the manifests that lead to the attestations, and their signatures. */
    attestationChain?: boolean;
    /** Adds the attestations with these predicate types, for example `https://slsa.dev/provenance/v1`. */
    attestations?: readonly string[];
  };
  /** Of a git repository, besides what its ref stands for. */
  git?: {
    /** Adds git's own objects. */
    objects?: boolean;
  };
  /** Of a download, besides its checksum. */
  http?: {
    /** Adds the digest of the content with a suffix, as detached signatures are made of. */
    suffixed?: { algorithm: "SHA256" | "SHA384" | "SHA512"; suffix: Uint8Array };
  };
}

export type SourceDecision = AllowSource | DenySource | ConvertSource | ResolveSource;

/**
 * Decides about a source before the build uses it. What it throws denies the source, with the error's message.
 * @param context `signal` is aborted when the answer is no longer waited for
 */
export type SourceVerifier = (
  request: SourceRequest,
  context: { signal: AbortSignal },
) => SourceDecision | Promise<SourceDecision>;
