import type { Writable } from "node:stream";
import type { CredentialProvider } from "../buildkit/session/auth/provider.ts";
import type { SourceVerifier } from "../buildkit/session/policy/source.ts";
import type { SecretSource } from "../buildkit/session/secrets.ts";
import type { SshSource } from "../buildkit/session/ssh/source.ts";
import type { ImageStore } from "../driver/image-store.ts";
import type { BuildGraph } from "../explain/graph.ts";
import type { SourcePolicy } from "./source-policy.ts";

/** Files given in memory, by their path with `/` inside the context. */
export interface FilesContext {
  files: Readonly<Record<string, string | Uint8Array>>;
}

/** A tar stream, plain or compressed with gzip, bzip2 or xz. The daemon unpacks it. Read once. */
export interface ArchiveContext {
  archive: AsyncIterable<Uint8Array>;
}

/**
 * Where the build's files come from: the path of a directory on this machine, a git or http(s) URL that the
 * daemon fetches itself, files in memory, or a tar stream.
 */
export type BuildContext = string | FilesContext | ArchiveContext;

/**
 * A file's path (inside the context when that is a URL), an http(s) URL that the daemon fetches, or the text itself.
 */
export type DockerfileSource = string | { content: string | Uint8Array };

/** An image in the daemon's own store or, with `push`, in a registry. */
export interface ImageOutput {
  type: "image" | "registry";
  /** Comma-separated names; the build's tags replace it. */
  name?: string;
  push?: boolean;
  attrs?: Readonly<Record<string, string>>;
}

/** The result's files in a directory on this machine. */
export interface LocalOutput {
  type: "local";
  dest: string;
  /** Whether existing files that the result lacks stay (`copy`, the default) or are removed (`delete`). */
  mode?: "copy" | "delete";
  attrs?: Readonly<Record<string, string>>;
}

/** One stream: the result's files as tar, or the image as an OCI or docker tarball. */
export interface TarOutput {
  type: "tar" | "oci" | "docker";
  /** A file's path (it appears when it is complete), or a stream (it is ended when it is complete). */
  dest: string | Writable;
  attrs?: Readonly<Record<string, string>>;
}

/** An OCI layout directory (`tar=false`), to which the image is added. */
export interface LayoutOutput {
  type: "oci" | "docker";
  tar: false;
  dest: string;
  attrs?: Readonly<Record<string, string>>;
}

/** An image loaded into a local image store. */
export interface LoadOutput {
  type: "docker";
  dest?: undefined;
  /** Default: the one beside the node, else the build's `imageStore`. */
  store?: ImageStore;
  attrs?: Readonly<Record<string, string>>;
}

/** An exporter of the daemon that is none of the others, by its own name. */
export interface CustomOutput {
  type: "custom";
  exporter: string;
  attrs?: Readonly<Record<string, string>>;
}

/** Nothing but what the build leaves in the cache. */
export interface CacheOnlyOutput {
  type: "cacheonly";
}

export type Output =
  | ImageOutput
  | LocalOutput
  | TarOutput
  | LayoutOutput
  | LoadOutput
  | CustomOutput
  | CacheOnlyOutput;

/** What of an image an annotation is put on. */
export type AnnotationLevel = "manifest" | "manifest-descriptor" | "index" | "index-descriptor";

export interface Annotation {
  key: string;
  value: string;
  /** Default: `manifest`. */
  level?: AnnotationLevel;
  /** Which of the image's platforms, for what each of them has. Default: all. */
  platform?: string;
}

/** One cache to import from or export to: its type and BuildKit's attributes for it. */
export interface CacheEntry {
  type: string;
  attrs: Readonly<Record<string, string>>;
}

/** What to build and where to put it. Paths are resolved against `cwd`. */
export interface BuildOptions {
  context: BuildContext;
  /** Default: `Dockerfile` in the context, or `dockerfile` where only that exists. */
  dockerfile?: DockerfileSource;
  /** Absolute directory that relative paths start from. Default: the process's at the time of the call. */
  cwd?: string;
  tags?: readonly string[];
  /** Stage to build. Default: the last. */
  target?: string;
  /** `os/arch[/variant]`; several make a multi-platform result. Default: the node's own platform. */
  platforms?: readonly string[];
  buildArgs?: Readonly<Record<string, string>>;
  /** Further contexts by name: a directory, `docker-image://`, `oci-layout://`, a git or http(s) URL. */
  buildContexts?: Readonly<Record<string, string>>;
  labels?: Readonly<Record<string, string>>;
  /** Annotations of the image; every output that makes one gets them. */
  annotations?: readonly Annotation[];
  /** `true` for all stages, or the stages by name. */
  noCache?: boolean | readonly string[];
  /** Asks the registries for newer versions of images that are already on the node. */
  pull?: boolean;
  /**
   * Asks the frontend something instead of building: `lint`, `outline`, `targets`, `subrequests.describe`, or
   * whatever else it knows. Nothing is built then, so outputs, `push`, `load` and `cacheTo` have no effect; what
   * it says is the result's `answer`.
   */
  call?: string;
  /** Default: none, the result stays in the node's cache. */
  outputs?: readonly Output[];
  /** Pushes the image: sets `push` on each image output, or adds one. */
  push?: boolean;
  /** Loads the image into a local image store. */
  load?: boolean;
  /** Where images are loaded that name no store, on nodes that have none beside them. */
  imageStore?: ImageStore;
  secrets?: Readonly<Record<string, SecretSource>>;
  /** SSH agents and keys by id; `default` is what `RUN --mount=type=ssh` uses. */
  ssh?: Readonly<Record<string, SshSource>>;
  cacheFrom?: readonly CacheEntry[];
  cacheTo?: readonly CacheEntry[];
  /** Attestation parameters by type (`provenance`, `sbom`), or false to have none of that type. */
  attestations?: Readonly<Record<string, Readonly<Record<string, string>> | false>>;
  /** `host`, `none` or `default`. */
  network?: string;
  /** Entitlements granted to the build: `network.host`, `security.insecure`, `device[=name]`. */
  allow?: readonly string[];
  /** What sources the build may use, and what it uses in their place. The daemon decides by it. */
  sourcePolicy?: SourcePolicy;
  /**
   * Decides about each source before it is used, after `sourcePolicy`: it may allow it, deny it, convert it to another
   * one, or first have it resolved. Of several all must allow. It is asked again for what it converts to, and may be
   * asked more than once about a source. A denial ends the build with a {@link SourceDeniedError}. Daemons before
   * BuildKit 0.27 cannot ask: the build is refused there (`VERIFY_SOURCE_UNSUPPORTED`).
   */
  verifySource?: SourceVerifier | readonly SourceVerifier[];
  /** Whether attestations are stored as OCI artifacts. Default: what the daemon does. */
  ociArtifact?: boolean;
  /** Registry credentials. Default: none, registries are asked anonymously. */
  credentials?: CredentialProvider;
  /**
   * Random value that is stable for this user on this machine: with it the daemon tells apart equally named
   * directories of different clients when it decides which files it already has.
   */
  clientId?: string;
  /** Further attributes for the frontend, by BuildKit's names; they win over what tsbx derives. */
  frontendAttrs?: Readonly<Record<string, string>>;
  /** Learns from each node that builds which steps the frontend has made, before they run. */
  onGraph?: (graph: BuildGraph) => void;
  /** Cancels the build on the daemon. */
  signal?: AbortSignal;
}
