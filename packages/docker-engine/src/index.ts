export { checkEndpoint, isLocalEndpoint, lastingEndpoint } from "./connection/resolve.ts";
export { containerLogs } from "./containers/logs.ts";
export type { Environment } from "./contexts/config.ts";
export {
  currentContextName,
  DEFAULT_CONTEXT,
  type DockerContext,
  findContext,
  listContexts,
} from "./contexts/contexts.ts";
export type { Engine, EngineRequest, UpgradeRequest } from "./engine/engine.ts";
export { openEngine } from "./engine/open.ts";
export { EngineError, isEngineError } from "./errors.ts";
export { execStdio } from "./exec/exec.ts";
export { engineImageStore } from "./images/image-store.ts";
export { pullImage, type TransferOptions } from "./images/pull.ts";
export { pushImage } from "./images/push.ts";
