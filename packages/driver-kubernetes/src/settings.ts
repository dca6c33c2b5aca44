import type { V1Toleration } from "@kubernetes/client-node";
import { type NodeConfig, type OptionValues, TsbxError } from "@tsbx/core/driver";
import { parseKeyValues } from "./key-values.ts";
import { parseTolerations } from "./tolerations.ts";
import { workloadName } from "./workload-name.ts";

const IMAGE = "moby/buildkit:buildx-stable-1";

/** Amounts of cpu, memory and ephemeral-storage. */
export type Resources = Readonly<Record<string, string>>;

/** What a node's workload shall be. */
export interface WorkloadSettings {
  name: string;
  image: string;
  replicas: number;
  requests: Resources;
  limits: Resources;
  /** Of the persistent volume of each pod; makes the workload a StatefulSet. */
  storage?: string;
  /** Of the memory-backed volume of each pod. */
  rootVolumeMemory?: string;
  nodeSelector: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  tolerations: readonly V1Toleration[];
  rootless: boolean;
  /** Image of the init container that registers QEMU. */
  qemuImage?: string;
  schedulerName?: string;
  serviceAccount?: string;
  env: Readonly<Record<string, string>>;
  platforms: readonly string[];
  buildkitdFlags: readonly string[];
  files: Readonly<Record<string, Uint8Array>>;
}

/** @throws TsbxError `INVALID_NODE_NAME`, `INVALID_DRIVER_OPTION` for options that exclude each other */
export function workloadSettings(node: NodeConfig): WorkloadSettings {
  const { options } = node;
  const storage = optionText(options, "persistent-volume-claim.requests.storage");
  const rootVolumeMemory = optionText(options, "buildkit-root-volume-memory");
  if (storage !== undefined && rootVolumeMemory !== undefined) {
    throw new TsbxError(
      "INVALID_DRIVER_OPTION",
      "driver options persistent-volume-claim.requests.storage and buildkit-root-volume-memory exclude each other",
      { hint: "Both say where the build cache lies: give one of them." },
    );
  }
  const rootless = options.rootless === true;
  return {
    name: workloadName(node.name),
    image: optionText(options, "image") ?? (rootless ? `${IMAGE}-rootless` : IMAGE),
    replicas: Number(options.replicas ?? 1),
    requests: startingWith(options, "requests."),
    limits: startingWith(options, "limits."),
    storage,
    rootVolumeMemory,
    nodeSelector: keyValues(options, "nodeselector"),
    annotations: keyValues(options, "annotations"),
    labels: keyValues(options, "labels"),
    tolerations: parseTolerations(optionText(options, "tolerations") ?? "") ?? [],
    rootless,
    qemuImage: options["qemu.install"] === true ? optionText(options, "qemu.image") : undefined,
    schedulerName: optionText(options, "schedulername"),
    serviceAccount: optionText(options, "serviceaccount"),
    env: startingWith(options, "env."),
    platforms: node.platforms ?? [],
    buildkitdFlags: node.buildkitdFlags ?? [],
    files: node.files ?? {},
  };
}

/** An option's text; undefined when it is not given. */
export function optionText(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return value === undefined ? undefined : String(value);
}

function keyValues(options: OptionValues, name: string): Readonly<Record<string, string>> {
  return parseKeyValues(optionText(options, name) ?? "") ?? {};
}

/** The options below a prefix, without it. */
function startingWith(options: OptionValues, prefix: string): Readonly<Record<string, string>> {
  const entries = Object.entries(options).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), String(value)]));
}
