import type { V1Container, V1Probe } from "@kubernetes/client-node";
import type { WorkloadSettings } from "../settings.ts";
import { configFlags } from "./config-maps.ts";

/** Name of the container that buildkitd runs in. */
export const CONTAINER = "buildkitd";

const WORKERS = { exec: { command: ["buildctl", "debug", "workers"] } };
/** While it builds with all CPUs the daemon may take long to answer. */
const PROBE: V1Probe = { ...WORKERS, failureThreshold: 3, periodSeconds: 30, timeoutSeconds: 60 };
/** Asks often, but only until the daemon is up: a builder is waited for. */
const STARTUP_PROBE: V1Probe = { ...WORKERS, failureThreshold: 300, periodSeconds: 1, timeoutSeconds: 60 };

/** The container of buildkitd, without what is mounted. */
export function buildkitdContainer(settings: WorkloadSettings): V1Container {
  const { image, buildkitdFlags, rootless, requests, limits, env } = settings;
  return {
    name: CONTAINER,
    image,
    args: [
      ...configFlags(settings),
      ...buildkitdFlags,
      ...(rootless ? ["--oci-worker-no-process-sandbox"] : []),
    ],
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    securityContext: rootless ? { seccompProfile: { type: "Unconfined" } } : { privileged: true },
    startupProbe: STARTUP_PROBE,
    readinessProbe: PROBE,
    livenessProbe: PROBE,
    resources: { requests, limits },
  };
}

/** Registers QEMU in the kernel of the pod's node. */
export function qemuContainer(image: string): V1Container {
  return { name: "qemu", image, args: ["--install", "all"], securityContext: { privileged: true } };
}
