export type { Source as RegoModule } from "./evaluate.ts";
export type { BuildEnvironment } from "./input/build-environment.ts";
export { type RegoPolicyOptions, regoPolicy } from "./policy.ts";
