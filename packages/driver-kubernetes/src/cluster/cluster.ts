import type {
  CoreV1Event,
  V1ConfigMap,
  V1Deployment,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from "@kubernetes/client-node";
import type { DriverContext } from "@tsbx/core/driver";
import type { TargetRequest } from "../access/target.ts";
import { ApiClient } from "../api/client.ts";
import { Resources } from "../api/resources.ts";

export type Workload = V1Deployment | V1StatefulSet;

/** The parts of a cluster's API that this driver uses, in one namespace. */
export interface Cluster {
  client: ApiClient;
  deployments: Resources<Workload>;
  statefulSets: Resources<Workload>;
  pods: Resources<V1Pod>;
  configMaps: Resources<V1ConfigMap>;
  claims: Resources<V1PersistentVolumeClaim>;
  events: Resources<CoreV1Event>;
}

const APPS = "/apis/apps/v1";
const CORE = "/api/v1";

/** Does no I/O. */
export function openCluster(request: TargetRequest, env: DriverContext["env"]): Cluster {
  const client = new ApiClient(request, env);
  return {
    client,
    deployments: new Resources(client, { api: APPS, plural: "deployments", singular: "deployment" }),
    statefulSets: new Resources(client, { api: APPS, plural: "statefulsets", singular: "statefulset" }),
    pods: new Resources(client, { api: CORE, plural: "pods", singular: "pod" }),
    configMaps: new Resources(client, { api: CORE, plural: "configmaps", singular: "config map" }),
    claims: new Resources(client, {
      api: CORE,
      plural: "persistentvolumeclaims",
      singular: "persistent volume claim",
    }),
    events: new Resources(client, { api: CORE, plural: "events", singular: "event" }),
  };
}
