import type { NewNode } from "./contract.ts";

const ENTITLEMENT = "--allow-insecure-entitlement";
const NETWORK_HOST = "network.host";

/**
 * The flags for the buildkitd of a new node: those given, and the entitlement for `--network=host` unless flags
 * or configuration speak of entitlements themselves. Buildx gives its builders the same.
 */
export function entitledFlags({
  buildkitdFlags,
  buildkitdConfig,
}: Pick<NewNode, "buildkitdFlags" | "buildkitdConfig">): readonly string[] {
  const configured = buildkitdConfig?.["insecure-entitlements"];
  const spoken =
    (Array.isArray(configured) && configured.includes(NETWORK_HOST)) ||
    buildkitdFlags.some((flag) => flag === ENTITLEMENT || flag.startsWith(`${ENTITLEMENT}=`));
  return spoken ? buildkitdFlags : [...buildkitdFlags, `${ENTITLEMENT}=${NETWORK_HOST}`];
}
