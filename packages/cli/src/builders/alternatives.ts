import type { Capabilities, Driver } from "@tsbx/core/driver";
import { isTsbxError, TsbxError } from "@tsbx/core/errors";
import type { StoredBuilder } from "@tsbx/core/store";
import { DEFAULT_DRIVERS } from "./create/choose-driver.ts";
import type { BuilderHost } from "./host.ts";

/**
 * Adds to the error of a capability that a builder lacks where it is to be had: by a builder that exists, or by
 * one that an installed driver could make. Other errors stay as they are.
 * @param builders those that would do if they can, by default all of the store
 */
export async function withAlternatives(
  error: unknown,
  host: BuilderHost,
  builders?: readonly StoredBuilder[],
): Promise<unknown> {
  if (!isTsbxError(error) || error.code !== "CAPABILITY_MISSING") return error;
  const { capability } = error as import("@tsbx/core").CapabilityError;
  const existing = builders ?? (await host.store.list()).builders;
  const others = existing.filter(({ name }) => name !== error.builder);
  const { message, hint, builder, node } = error;
  return new TsbxError(error.code, message, {
    hint: [hint, await alternatives(capability, others, host)].filter(Boolean).join(" "),
    cause: error,
    ...(builder !== undefined && { builder }),
    ...(node !== undefined && { node }),
  });
}

async function alternatives(
  capability: keyof Capabilities,
  builders: readonly StoredBuilder[],
  host: BuilderHost,
): Promise<string> {
  const able = await ableDrivers(capability, host);
  const existing = builders.filter(({ driver }) => able.has(driver));
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
