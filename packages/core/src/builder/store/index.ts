export { type ConfigFiles, readConfigFiles } from "../config-files.ts";
export { isValidName, normalizeName } from "./names.ts";
export { randomName } from "./random-name.ts";
export {
  BuilderStore,
  type BuildPlace,
  type CurrentOptions,
  type StoreListing,
  type StoreUpdate,
} from "./store.ts";
export { nodeRequest, type StoredBuilder, type StoredNode } from "./stored-builder.ts";
