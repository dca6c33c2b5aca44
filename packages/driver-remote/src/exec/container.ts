import type { Duplex } from "node:stream";
import type { DriverContext } from "@tsbx/core/driver";
import { execStdio, openEngine } from "@tsbx/docker-engine";
import type { ContainerEndpoint } from "../endpoint.ts";

/** A connection to the buildkitd in a Docker container, through a `buildctl` that is run there. */
export function dialContainer(
  { container, context }: ContainerEndpoint,
  { env }: DriverContext,
  signal: AbortSignal,
): Promise<Duplex> {
  return execStdio(openEngine(context, env), container, ["buildctl", "dial-stdio"], signal);
}
