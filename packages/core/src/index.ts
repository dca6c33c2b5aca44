export type { Assignment } from "./build/assign.ts";
export { assignNodes } from "./build/assign-nodes.ts";
export { type BuildNodes, build } from "./build/build.ts";
export type { FrontendAnswer } from "./build/call.ts";
export { BuildError, type ErrorSource, SourceDeniedError } from "./build/failure.ts";
export { buildMetadata } from "./build/metadata.ts";
export type {
  Annotation,
  AnnotationLevel,
  ArchiveContext,
  BuildContext,
  BuildOptions,
  CacheEntry,
  CacheOnlyOutput,
  CustomOutput,
  DockerfileSource,
  FilesContext,
  ImageOutput,
  LayoutOutput,
  LoadOutput,
  LocalOutput,
  Output,
  TarOutput,
} from "./build/options.ts";
export { buildProvenance, type ProvenanceOptions } from "./build/provenance.ts";
export type { BuildResult, BuildRun } from "./build/run.ts";
export { parseSourcePolicy, type SourcePolicy, type SourceRule } from "./build/source-policy.ts";
export { StepEvents } from "./build/step-events.ts";
export type { Transfer } from "./build/transfers.ts";
export { BuilderNode, type NodeRequest, openNode } from "./builder/node.ts";
export { ControlClient, type PruneOptions } from "./buildkit/control/client.ts";
export type { BuildkitVersion, CacheRecord, Device, GcPolicy, Worker } from "./buildkit/control/records.ts";
export type { SentEntry } from "./buildkit/fsync/sent-tree.ts";
export { type DockerConfigOptions, dockerConfigCredentials } from "./buildkit/session/auth/docker-config.ts";
export {
  type Credential,
  type CredentialProvider,
  staticCredentials,
} from "./buildkit/session/auth/provider.ts";
export type {
  AllowSource,
  AttestationBlob,
  AttestationChain,
  ConvertSource,
  DenySource,
  ResolveSource,
  SourceDecision,
  SourceGit,
  SourceHttp,
  SourceImage,
  SourceRequest,
  SourceVerifier,
} from "./buildkit/session/policy/source.ts";
export type { SecretSource } from "./buildkit/session/secrets.ts";
export type { SshSource } from "./buildkit/session/ssh/source.ts";
export type {
  BuildkitConfig,
  CacheExport,
  Capabilities,
  CapabilityVariant,
} from "./capability/capability.ts";
export { CapabilityError, checkConfigurable, exportsCache } from "./capability/check.ts";
export { CAPABILITIES, type CapabilityRow, capabilityCell } from "./capability/matrix.ts";
export type { ImageStore } from "./driver/image-store.ts";
export { isTsbxError, TsbxError, type TsbxErrorOptions } from "./errors.ts";
export { formatPlatform, type Platform, parsePlatform } from "./image/platform.ts";
export type { ProgressEvent, Vertex, VertexLog, VertexStatus, VertexWarning } from "./progress/index.ts";
