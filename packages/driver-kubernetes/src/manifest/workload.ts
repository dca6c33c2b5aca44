import type { V1Deployment, V1StatefulSet } from "@kubernetes/client-node";
import type { WorkloadSettings } from "../settings.ts";
import { selectorLabels, workloadAnnotations } from "./metadata.ts";
import { podTemplate, STATE_VOLUME } from "./pod-template.ts";

/** What a node's pods are made by: a StatefulSet when each has a persistent volume, else a Deployment. */
export function workloadManifest(settings: WorkloadSettings): V1Deployment | V1StatefulSet {
  const { name, replicas, storage } = settings;
  const labels = selectorLabels(settings);
  const metadata = { name, labels, annotations: workloadAnnotations(settings) };
  const spec = { replicas, selector: { matchLabels: labels }, template: podTemplate(settings) };
  if (storage === undefined) return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata,
    spec: {
      ...spec,
      serviceName: STATE_VOLUME,
      podManagementPolicy: "Parallel",
      volumeClaimTemplates: [
        {
          metadata: { name: STATE_VOLUME },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
        },
      ],
    },
  };
}
