import { isUtf8 } from "node:buffer";
import { posix } from "node:path";
import type { V1ConfigMap, V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import type { WorkloadSettings } from "../settings.ts";
import { workloadAnnotations } from "./metadata.ts";

/** Where buildkitd's image has its configuration. */
const CONFIG_DIRECTORY = "/etc/buildkit";
/** The configuration's name among a node's files. */
const CONFIG_FILE = "buildkitd.toml";

/** A ConfigMap with where its files are to be mounted. */
export interface MountedConfig {
  map: V1ConfigMap;
  volume: V1Volume;
  mount: V1VolumeMount;
}

/**
 * One ConfigMap for each directory of the node's files, as they cannot hold directories. They are named as
 * Buildx names them, so that each tool removes those of the other.
 */
export function configMaps(settings: WorkloadSettings): MountedConfig[] {
  const directories = new Map<string, [string, Uint8Array][]>([[".", []]]);
  for (const [path, content] of Object.entries(settings.files)) {
    const directory = posix.dirname(path);
    directories.set(directory, [...(directories.get(directory) ?? []), [posix.basename(path), content]]);
  }
  return [...directories]
    .map(([directory, files], index) => ({
      suffix: index === 0 ? "config" : `config-${index}`,
      directory,
      files,
    }))
    .filter(({ files }) => files.length > 0)
    .map(({ suffix, directory, files }) => ({
      map: configMap(settings, `${settings.name}-${suffix}`, files),
      volume: { name: suffix, configMap: { name: `${settings.name}-${suffix}` } },
      mount: { name: suffix, mountPath: posix.join(CONFIG_DIRECTORY, directory) },
    }));
}

/** The flag that names the configuration: without root, buildkitd looks for it elsewhere. */
export function configFlags({ files, buildkitdFlags }: WorkloadSettings): readonly string[] {
  const own = buildkitdFlags.some((flag) => flag === "--config" || flag.startsWith("--config="));
  return own || files[CONFIG_FILE] === undefined ? [] : [`--config=${CONFIG_DIRECTORY}/${CONFIG_FILE}`];
}

function configMap(settings: WorkloadSettings, name: string, files: [string, Uint8Array][]): V1ConfigMap {
  const map: V1ConfigMap & { data: Record<string, string>; binaryData: Record<string, string> } = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, annotations: workloadAnnotations(settings) },
    data: {},
    binaryData: {},
  };
  for (const [file, content] of files) {
    const bytes = Buffer.from(content);
    if (isUtf8(bytes)) map.data[file] = bytes.toString("utf8");
    else map.binaryData[file] = bytes.toString("base64");
  }
  return map;
}
