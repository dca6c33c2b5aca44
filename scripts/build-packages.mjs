// Before the tests that run the command: what they run is built from the sources as they are.
export { buildPackages as setup } from "./pnpm.mjs";
