import { TsbxError, throwIfAborted } from "@tsbx/core/errors";
import { type BuilderHost, driverContext } from "./host.ts";
import type { SelectedBuilder } from "./select.ts";

/** The driver that runs a buildkitd itself. */
const EMBEDDED = "buildkitd";

/** Drivers that can find a daemon by themselves, or make one; the first that does is used. */
const CANDIDATES = ["docker", EMBEDDED];

/**
 * Picks what the installed drivers detect on this machine. A driver that fails is warned about and passed over.
 * @throws TsbxError `NO_BUILDER`
 */
export async function detectBuilder(host: BuilderHost): Promise<SelectedBuilder> {
  const { drivers, signal, warn } = host;
  for (const candidate of CANDIDATES) {
    if (!drivers.has(candidate)) continue;
    try {
      const driver = await drivers.load(candidate);
      const endpoint = await driver.detect?.(driverContext(host, candidate), signal);
      throwIfAborted(signal);
      if (endpoint === undefined && driver.detect) continue;
      // What a driver has by itself goes by the name of its endpoint.
      const own = driver.implicitOnly && endpoint;
      const name = own || candidate;
      const node = { builder: name, name: own || `${candidate}0`, ...(endpoint && { endpoint }) };
      return {
        builder: { name, driver: candidate, nodes: [node] },
        driver,
        reason: "detection on this machine",
      };
    } catch (error) {
      if (signal.aborted) throw error;
      warn((error as Error).message);
    }
  }
  throw new TsbxError(
    "NO_BUILDER",
    "there is no builder: none is in use, and no daemon was found on this machine",
    {
      hint: drivers.has(EMBEDDED)
        ? "Install buildkitd on this machine, or set BUILDKIT_HOST to the address of one."
        : `Let tsbx run one (${drivers.installCommand(EMBEDDED)}), or set BUILDKIT_HOST to the address of one.`,
    },
  );
}
