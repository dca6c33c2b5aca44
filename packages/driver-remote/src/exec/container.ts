import type { Duplex } from "node:stream";
import { type DriverContext, TsbxError } from "@tsbx/core/driver";
import { execStdio, isEngineError, openEngine } from "@tsbx/docker-engine";
import type { ContainerEndpoint } from "../endpoint.ts";

/**
 * A connection to the buildkitd in a Docker container, through a `buildctl` that is run there.
 * @throws TsbxError `DAEMON_UNREACHABLE` for a container that is not there or does not run
 */
export async function dialContainer(
  { container, context }: ContainerEndpoint,
  { env }: DriverContext,
  signal: AbortSignal,
): Promise<Duplex> {
  const engine = openEngine(context, env);
  try {
    return await execStdio(engine, container, ["buildctl", "dial-stdio"], signal);
  } catch (error) {
    if (!isEngineError(error, 404) && !isEngineError(error, 409)) throw error;
    throw new TsbxError("DAEMON_UNREACHABLE", error.message, {
      hint: `Start the container ${container}, or give the name of one that runs buildkitd.`,
      cause: error,
    });
  }
}
