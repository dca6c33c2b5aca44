import type { Capabilities, Driver } from "@tsbx/core/driver";
import { DEFAULT_DRIVERS } from "./create/choose-driver.ts";
import type { BuilderHost } from "./host.ts";

/**
 * Says where a capability is to be had that a builder lacks: by a builder that exists, or by one that an
 * installed driver could make. Undefined when nothing installed has it.
 */
export async function alternatives(
  capability: keyof Capabilities,
  lacking: string,
  host: BuilderHost,
): Promise<string | undefined> {
  const able = await ableDrivers(capability, host);
  const { builders } = await host.store.list();
  const existing = builders.filter(({ name, driver }) => name !== lacking && able.has(driver));
  if (existing.length > 0) {
    const names = existing.slice(0, 3).map(({ name, driver }) => `--builder ${name} (${driver})`);
    return `Use ${names.join(" or ")}.`;
  }
  const made = [...able].filter(([, driver]) => !driver.implicitOnly && !driver.endpoint.required);
  const names = made.map(([name]) => name);
  const name = DEFAULT_DRIVERS.find((each) => names.includes(each)) ?? names[0];
  if (name) return `Create a builder that can: tsbx create --driver ${name} --use.`;
  const [driver = ""] = DEFAULT_DRIVERS;
  return `A builder of the ${driver} driver can: ${host.drivers.installCommand(driver)}, then tsbx create --use.`;
}

/** The installed drivers all of whose nodes have the capability. One that is broken has none. */
async function ableDrivers(
  capability: keyof Capabilities,
  { drivers }: BuilderHost,
): Promise<ReadonlyMap<string, Driver>> {
  const able = new Map<string, Driver>();
  for (const name of drivers.names()) {
    const driver = await drivers.load(name).catch(() => undefined);
    const value = driver?.capabilities[capability];
    if (driver && (value === true || value === "all" || value === "yes")) able.set(name, driver);
  }
  return able;
}
