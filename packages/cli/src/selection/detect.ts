import { join } from "node:path";
import { TsbxError, throwIfAborted } from "@tsbx/core/errors";
import type { SelectedNode, SelectionOptions } from "./select.ts";

/** The driver that runs a buildkitd itself. */
const EMBEDDED = "buildkitd";

/** Drivers that can find a daemon by themselves, or make one; the first that does is used. */
const CANDIDATES = [
  { driver: "docker", builder: "default", name: "default" },
  { driver: EMBEDDED, builder: EMBEDDED, name: `${EMBEDDED}0` },
];

/**
 * Picks what the installed drivers detect on this machine. A driver that fails is warned about and passed over.
 * @throws TsbxError `NO_BUILDER`
 */
export async function detectNode(options: SelectionOptions): Promise<SelectedNode> {
  const { drivers, env, stateDir, signal, warn } = options;
  for (const { driver: driverName, builder, name } of CANDIDATES) {
    if (!drivers.has(driverName)) continue;
    try {
      const driver = await drivers.load(driverName);
      const endpoint = await driver.detect?.({ env, stateDir: join(stateDir, driverName) }, signal);
      throwIfAborted(signal);
      if (endpoint === undefined && driver.detect) continue;
      return { driver, builder, name, ...(endpoint && { endpoint }), reason: "detection on this machine" };
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
        : `Let tsbx run one (npm install @tsbx/driver-${EMBEDDED}), or set BUILDKIT_HOST to the address of one.`,
    },
  );
}
