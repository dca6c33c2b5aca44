export { conformance } from "./conformance.ts";
export type { ConformanceCase, ConformanceOptions, LocalImages } from "./options.ts";
