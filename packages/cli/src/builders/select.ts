import type { Driver } from "@tsbx/core/driver";
import type { Builder } from "./builder.ts";
import { fallbackBuilder } from "./detect.ts";
import { findBuilder } from "./find.ts";
import { type BuilderHost, endpointKey } from "./host.ts";

/** A builder that was picked, and why. */
export interface SelectedBuilder {
  builder: Builder;
  driver: Driver;
  /** Ends the sentence that begins with `chosen by`. */
  reason: string;
}

/**
 * Picks the builder: that of `--builder`, of `BUILDX_BUILDER`, or the one that is in use in the store; else the
 * daemon of `BUILDKIT_HOST`; else what the installed drivers detect on this machine.
 * @param flag what `--builder` says
 * @throws TsbxError `BUILDER_NOT_FOUND`, `NO_BUILDER`, or what loading the driver throws.
 */
export async function selectBuilder(flag: string | undefined, host: BuilderHost): Promise<SelectedBuilder> {
  const { env, drivers, store } = host;
  const named = async (name: string, reason: string) => {
    const builder = await findBuilder(name, reason, host);
    return { builder, driver: await drivers.load(builder.driver), reason };
  };
  if (flag) return named(flag, "--builder");
  if (env.BUILDX_BUILDER) return named(env.BUILDX_BUILDER, "BUILDX_BUILDER");
  const current = await store.currentName(endpointKey(host));
  if (current) return named(current, "the builder store");
  return fallbackBuilder(host);
}
