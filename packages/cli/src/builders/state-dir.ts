import { join } from "node:path";
import { homeDir } from "../docker-config.ts";
import type { Environment } from "../io.ts";

/** Where tsbx keeps its state: each driver has a directory of its own in it. */
export function stateDir(env: Environment): string {
  return join(env.XDG_STATE_HOME || join(homeDir(env), ".local", "state"), "tsbx");
}
