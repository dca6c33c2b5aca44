import type { Duplex } from "node:stream";
import { type DriverContext, TsbxError } from "@tsbx/core/driver";
import type { PodEndpoint } from "../endpoint.ts";

/** A connection to the buildkitd in a pod, by the driver that knows how: few have use for it, and it is large. */
export async function dialPod(
  { scheme: _, ...address }: PodEndpoint,
  { env }: DriverContext,
  signal: AbortSignal,
): Promise<Duplex> {
  const driver = await import("@tsbx/driver-kubernetes/pod").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new TsbxError("DRIVER_NOT_INSTALLED", "kube-pod:// endpoints need the kubernetes driver", {
      hint: "Install it: npm install @tsbx/driver-kubernetes",
      cause,
    });
  });
  return driver.dialPod(address, env, signal);
}
