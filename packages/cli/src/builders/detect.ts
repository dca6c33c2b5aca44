import type { Driver } from "@tsbx/core/driver";
import { TsbxError, throwIfAborted } from "@tsbx/core/errors";
import { type Builder, builderOf } from "./builder.ts";
import { type BuilderHost, driverContext } from "./host.ts";
import type { SelectedBuilder } from "./select.ts";

/** The driver that runs a buildkitd itself. Its builder is there without being created. */
const EMBEDDED = "buildkitd";

/** Drivers that can find a daemon by themselves, or make one; the first that does is used. */
const CANDIDATES = ["docker", EMBEDDED];

/** The driver of `BUILDKIT_HOST`, and the name of its builder. */
const REMOTE = "remote";

/**
 * The builder for when none is in use: that of `BUILDKIT_HOST`, else what the installed drivers detect on this
 * machine. A driver that fails is warned about and passed over.
 * @throws TsbxError `NO_BUILDER`, or what loading the driver of `BUILDKIT_HOST` throws
 */
export async function fallbackBuilder(host: BuilderHost): Promise<SelectedBuilder> {
  const { drivers, signal, warn } = host;
  const builder = environmentBuilder(host);
  if (builder) return { builder, driver: await drivers.load(REMOTE), reason: "BUILDKIT_HOST" };
  for (const candidate of CANDIDATES) {
    if (!drivers.has(candidate)) continue;
    try {
      const driver = await drivers.load(candidate);
      const endpoint = await driver.detect?.(driverContext(host, candidate), signal);
      throwIfAborted(signal);
      if (endpoint === undefined && driver.detect) continue;
      const builder = await detectedBuilder(driver, endpoint, host);
      return { builder, driver, reason: "detection on this machine" };
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

/** The builder of a name that {@link fallbackBuilder} could give, whether or not it would now. */
export async function ownBuilder(name: string, host: BuilderHost): Promise<Builder | undefined> {
  if (name === REMOTE) return environmentBuilder(host);
  if (name !== EMBEDDED || !host.drivers.has(EMBEDDED)) return undefined;
  const driver = await host.drivers.load(EMBEDDED);
  // Without its program there is still what it left behind.
  return detectedBuilder(driver, await driver.detect?.(driverContext(host, EMBEDDED), host.signal), host);
}

function environmentBuilder({ env }: BuilderHost): Builder | undefined {
  if (!env.BUILDKIT_HOST) return undefined;
  const node = { builder: REMOTE, name: `${REMOTE}0`, endpoint: env.BUILDKIT_HOST };
  return { name: REMOTE, driver: REMOTE, nodes: [node] };
}

/** What a driver detected: under the name of its endpoint where no others can be made, else under the driver's. */
async function detectedBuilder(
  driver: Driver,
  endpoint: string | undefined,
  { store }: BuilderHost,
): Promise<Builder> {
  const own = driver.implicitOnly && endpoint;
  const name = own || driver.name;
  const stored = await store.get(name);
  // They would share the node: it is as it was configured.
  if (stored?.driver === driver.name) return builderOf(stored);
  const node = { builder: name, name: own || `${driver.name}0`, ...(endpoint && { endpoint }) };
  return { name, driver: driver.name, nodes: [node] };
}
