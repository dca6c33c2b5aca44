import type { BuilderHost } from "../host.ts";

/** Drivers for builders of which nothing is said, the best one first. */
export const DEFAULT_DRIVERS: readonly string[] = ["docker-container", "buildkitd"];

/** The driver of a new builder for which none was named: that of a daemon with an address, or a default. */
export function chooseDriver(
  endpoint: string | undefined,
  { env, drivers }: Pick<BuilderHost, "env" | "drivers">,
): string {
  if (endpoint?.includes("://") || (endpoint === undefined && env.BUILDKIT_HOST)) return "remote";
  return DEFAULT_DRIVERS.find((name) => drivers.has(name)) ?? DEFAULT_DRIVERS[0]!;
}
