import type { BuilderHost } from "../host.ts";

/** Drivers for builders of which nothing is said, the first one that is installed. */
const DEFAULTS = ["docker-container", "buildkitd"];

/** The driver of a new builder for which none was named: that of a daemon with an address, or a default. */
export function chooseDriver(
  endpoint: string | undefined,
  { env, drivers }: Pick<BuilderHost, "env" | "drivers">,
): string {
  if (endpoint?.includes("://") || (endpoint === undefined && env.BUILDKIT_HOST)) return "remote";
  return DEFAULTS.find((name) => drivers.has(name)) ?? DEFAULTS[0]!;
}
