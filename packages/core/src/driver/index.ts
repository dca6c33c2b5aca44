export type { BuildkitConfig, CacheExport, Capabilities } from "../capability/capability.ts";
export { abortedError, isTsbxError, TsbxError, type TsbxErrorOptions, throwIfAborted } from "../errors.ts";
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
export { withDeadline } from "./dial/deadline.ts";
export { awaitServerPreface } from "./dial/preface.ts";
export { connectSocket, type SocketAddress, unreachable } from "./dial/socket.ts";
export { type ParseOptions, parseDriverOptions } from "./options.ts";
