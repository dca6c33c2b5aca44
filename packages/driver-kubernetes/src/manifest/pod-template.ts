import type { V1PodTemplateSpec, V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import type { WorkloadSettings } from "../settings.ts";
import { configMaps } from "./config-maps.ts";
import { buildkitdContainer, CONTAINER, qemuContainer } from "./container.ts";
import { selectorLabels, workloadAnnotations } from "./metadata.ts";

const STATE_DIRECTORY = "/var/lib/buildkit";
const ROOTLESS_STATE_DIRECTORY = "/home/user/.local/share/buildkit";
/** The user and group of the rootless image. */
const ROOTLESS_GROUP = 1000;

/** A build that has not ended by then would seldom do so within Kubernetes' 30 s, and its user waits for its end. */
const TERMINATION_GRACE_S = 5;

/** Name of the volume with the build cache. */
export const STATE_VOLUME = "buildkitd";

export function podTemplate(settings: WorkloadSettings): V1PodTemplateSpec {
  const configs = configMaps(settings);
  const state = stateVolume(settings);
  const { qemuImage, rootless, storage } = settings;
  return {
    metadata: {
      labels: selectorLabels(settings),
      annotations: {
        ...workloadAnnotations(settings),
        ...(rootless && { [`container.apparmor.security.beta.kubernetes.io/${CONTAINER}`]: "unconfined" }),
      },
    },
    spec: {
      ...(qemuImage === undefined ? {} : { initContainers: [qemuContainer(qemuImage)] }),
      containers: [
        {
          ...buildkitdContainer(settings),
          volumeMounts: [...configs.map(({ mount }) => mount), ...state.mounts],
        },
      ],
      volumes: [...configs.map(({ volume }) => volume), ...state.volumes],
      nodeSelector: { ...settings.nodeSelector },
      tolerations: [...settings.tolerations],
      schedulerName: settings.schedulerName,
      serviceAccountName: settings.serviceAccount,
      terminationGracePeriodSeconds: TERMINATION_GRACE_S,
      // A persistent volume belongs to root at first.
      ...(rootless && storage !== undefined && { securityContext: { fsGroup: ROOTLESS_GROUP } }),
    },
  };
}

/** Where the build cache lies; unless told otherwise on the container's own disk. */
function stateVolume({ storage, rootVolumeMemory, rootless }: WorkloadSettings): {
  volumes: V1Volume[];
  mounts: V1VolumeMount[];
} {
  const mountPath = rootless ? ROOTLESS_STATE_DIRECTORY : STATE_DIRECTORY;
  const mounts = [{ name: STATE_VOLUME, mountPath }];
  // The volume then comes out of the StatefulSet's claim.
  if (storage !== undefined) return { volumes: [], mounts };
  if (rootVolumeMemory !== undefined) {
    return {
      volumes: [{ name: STATE_VOLUME, emptyDir: { medium: "Memory", sizeLimit: rootVolumeMemory } }],
      mounts,
    };
  }
  if (rootless) return { volumes: [{ name: STATE_VOLUME, emptyDir: {} }], mounts };
  return { volumes: [], mounts: [] };
}
