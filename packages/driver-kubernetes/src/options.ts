import type { OptionSchema, OptionSpec } from "@tsbx/core/driver";
import { parseKeyValues } from "./key-values.ts";
import { isDnsLabel, isDnsSubdomain, isLabelValue, isMetadataKey } from "./names.ts";
import { isQuantity } from "./quantity.ts";
import { APP_LABEL, PLATFORM_ANNOTATION } from "./reserved.ts";
import { parseTolerations } from "./tolerations.ts";

type Check = NonNullable<OptionSpec["check"]>;

export const DEFAULT_TIMEOUT_MS = 120_000;

/** A check of the value's text. */
function text(accepts: (value: string) => boolean, form: string): Check {
  return (value) => (accepts(String(value)) ? undefined : form);
}

const notEmpty = text((value) => value !== "", "a value that is not empty");
const image = text((value) => /^\S+$/.test(value), "an image reference such as moby/buildkit:latest");
const label = text(isDnsLabel, "lower-case letters, digits and -, at most 63");
const subdomain = text(isDnsSubdomain, "lower-case letters, digits, - and .");

function quantity(doc: string): OptionSpec {
  return { type: "string", doc, check: text(isQuantity, "a Kubernetes quantity such as 500m, 2 or 4Gi") };
}

/** A list of `key=value`. */
function keyValues(isValue: (value: string) => boolean, reserved?: string): Check {
  const accepts = (list: string) => {
    const entries = Object.entries(parseKeyValues(list) ?? {});
    return (
      entries.length > 0 &&
      entries.every(([key, value]) => isMetadataKey(key) && key !== reserved && isValue(value))
    );
  };
  const but = reserved === undefined ? "" : `, without ${reserved}, which the driver sets`;
  return text(accepts, `key=value, several separated by commas${but}`);
}

export const options = {
  image: {
    type: "string",
    check: image,
    doc: "Image of the pods. Default: moby/buildkit:buildx-stable-1, or its rootless variant.",
  },
  namespace: {
    type: "string",
    check: label,
    doc: "Namespace of the pods. Default: the kubeconfig context's.",
  },
  context: {
    type: "string",
    check: notEmpty,
    doc: "Context of the kubeconfig to use. Default: its current one.",
  },
  kubeconfig: {
    type: "path",
    doc: "Kubeconfig file. Default: the builder's endpoint, KUBECONFIG or ~/.kube/config, else the pod's own service account.",
  },
  replicas: {
    type: "integer",
    default: 1,
    check: (value) => (Number(value) >= 1 && Number(value) < 2 ** 31 ? undefined : "a whole number from 1"),
    doc: "Number of pods.",
  },
  "requests.cpu": quantity("CPU that each pod is scheduled with."),
  "requests.memory": quantity("Memory that each pod is scheduled with."),
  "requests.ephemeral-storage": quantity("Local disk that each pod is scheduled with."),
  "limits.cpu": quantity("CPU that each pod may use."),
  "limits.memory": quantity("Memory that each pod may use."),
  "limits.ephemeral-storage": quantity("Local disk that each pod may use."),
  "persistent-volume-claim.requests.storage": quantity(
    "Size of a persistent volume for each pod's build cache; makes the workload a StatefulSet.",
  ),
  "buildkit-root-volume-memory": quantity("Size of a memory-backed volume for each pod's build cache."),
  nodeselector: {
    type: "string",
    check: keyValues(isLabelValue),
    doc: "Labels of the nodes to run on, as key=value,...",
  },
  tolerations: {
    type: "string",
    check: text(
      (value) => parseTolerations(value) !== undefined,
      "key=K,operator=Exists|Equal,value=V,effect=NoSchedule|PreferNoSchedule|NoExecute,tolerationSeconds=N, several separated by ;",
    ),
    doc: "Taints to tolerate: fields separated by commas, tolerations by semicolons.",
  },
  annotations: {
    type: "string",
    check: keyValues(() => true, PLATFORM_ANNOTATION),
    doc: "Further annotations, as key=value,...",
  },
  labels: {
    type: "string",
    check: keyValues(isLabelValue, APP_LABEL),
    doc: "Further labels, as key=value,...",
  },
  rootless: {
    type: "boolean",
    default: false,
    doc: "Run BuildKit without root; the pods need no privilege then.",
  },
  loadbalance: {
    type: "enum",
    values: ["sticky", "random"],
    default: "sticky",
    doc: "Which pod builds: sticky is the same one for the same context, random any.",
  },
  "qemu.install": {
    type: "boolean",
    default: false,
    doc: "Register QEMU on the nodes, to run other platforms.",
  },
  "qemu.image": {
    type: "string",
    default: "tonistiigi/binfmt:latest",
    check: image,
    doc: "Image that registers QEMU.",
  },
  schedulername: { type: "string", check: subdomain, doc: "Scheduler to use." },
  serviceaccount: { type: "string", check: subdomain, doc: "Service account of the pods." },
  timeout: {
    type: "duration",
    default: DEFAULT_TIMEOUT_MS,
    check: (value) => (Number(value) > 0 ? undefined : "a duration above 0, such as 5m"),
    doc: "How long the pods may take to become ready.",
  },
  "env.": { type: "string", prefix: true, doc: "Environment variable of buildkitd." },
  "default-load": {
    type: "boolean",
    default: false,
    doc: "Load the image into the local image store when a build names no output.",
  },
} as const satisfies OptionSchema;
