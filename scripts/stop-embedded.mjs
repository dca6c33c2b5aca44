// Stops the buildkitd that a script's builds have started; its cache stays.
import { join } from "node:path";
import { openNode } from "../packages/core/dist/index.js";
import driver from "../packages/driver-buildkitd/dist/index.js";

const stateDir = join(process.env.XDG_STATE_HOME ?? "", "tsbx", driver.name);
const node = openNode(
  driver,
  { builder: "buildkitd", name: "buildkitd0", endpoint: "local" },
  { env: process.env, stateDir },
);
await node.handle.stop(AbortSignal.timeout(30_000));
