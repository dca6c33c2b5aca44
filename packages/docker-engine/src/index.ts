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
