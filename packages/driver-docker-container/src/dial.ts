import type { Duplex } from "node:stream";
import { type Engine, execStdio } from "@tsbx/docker-engine";

/** A connection to the buildkitd in a container, through a `buildctl` that is run there. */
export function dialContainer(engine: Engine, container: string, signal: AbortSignal): Promise<Duplex> {
  return execStdio(engine, container, ["buildctl", "dial-stdio"], signal);
}
