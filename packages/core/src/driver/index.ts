export type { CacheRecord, Worker } from "../buildkit/control/records.ts";
export {
  type Credential,
  type CredentialProvider,
  credentialHost,
} from "../buildkit/session/auth/provider.ts";
export type {
  BuildkitConfig,
  CacheExport,
  Capabilities,
  CapabilityVariant,
} from "../capability/capability.ts";
export { CAPABILITIES, type CapabilityRow, capabilityCell } from "../capability/matrix.ts";
export { abortedError, isTsbxError, TsbxError, type TsbxErrorOptions, throwIfAborted } from "../errors.ts";
export { parseReference, type Reference } from "../image/reference.ts";
export {
  type BootProgress,
  CONTRACT_VERSION,
  type Driver,
  type DriverContext,
  type ImplicitBuilder,
  type NewNode,
  type NodeConfig,
  type NodeHandle,
  type NodeReplica,
  type NodeState,
  type NodeStatus,
} from "./contract.ts";
export { checkDriver, defineDriver } from "./define.ts";
export { withDeadline } from "./dial/deadline.ts";
export { awaitServerPreface } from "./dial/preface.ts";
export { connectSocket, type SocketAddress, unreachable } from "./dial/socket.ts";
export { dockerHost, normalDockerHost } from "./docker-host.ts";
export { parseDuration } from "./duration.ts";
export { entitledFlags } from "./entitlement-flags.ts";
export type { ImageStore } from "./image-store.ts";
export type { NodeFacts, NodeProbe } from "./node-facts.ts";
export type { OptionSchema, OptionSpec, OptionValues } from "./option-schema.ts";
export { type ParseOptions, parseDriverOptions } from "./options.ts";
export type { PartProgress, StepProgress } from "./step-progress.ts";
