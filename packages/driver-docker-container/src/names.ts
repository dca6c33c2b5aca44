/** Where buildkitd keeps its state in the container. */
export const STATE_DIR = "/var/lib/buildkit";

/** The name of a node's container. Buildx uses the same: both drive one container. */
export function containerName(node: string): string {
  return `buildx_buildkit_${node}`;
}

/** The name of the volume with a node's build cache. */
export function volumeName(node: string): string {
  return `${containerName(node)}_state`;
}
