export type { BuildkitConfig, CacheExport, Capabilities } from "../capability/capability.ts";
export { isTsbxError, TsbxError, type TsbxErrorOptions } from "../errors.ts";
export {
  type BootProgress,
  CONTRACT_VERSION,
  type Driver,
  type DriverContext,
  type NodeConfig,
  type NodeHandle,
  type NodeState,
  type NodeStatus,
  type OptionSchema,
  type OptionSpec,
  type OptionValues,
} from "./contract.ts";
export { checkDriver, defineDriver } from "./define.ts";
