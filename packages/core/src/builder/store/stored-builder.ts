import type { NodeRequest } from "../node.ts";

/** A builder as the store keeps it. */
export interface StoredBuilder {
  /** As it was given; the store tells names apart without regard to case. */
  name: string;
  /** Name of the driver of all its nodes. */
  driver: string;
  nodes: readonly StoredNode[];
  /** Its nodes come and go by themselves: they cannot be changed. */
  dynamic: boolean;
}

/** One node as the store keeps it. What is absent is `null` in the file, which the peer tells from empty. */
export interface StoredNode {
  /** In lower case. */
  name: string;
  /** Empty when the node has none. */
  endpoint: string;
  /** The platforms that were set by hand, as `os/arch[/variant]`. */
  platforms?: readonly string[];
  driverOpts?: Readonly<Record<string, string>>;
  /** Flags of the node's buildkitd. */
  flags?: readonly string[];
  /** Content of configuration files by path relative to buildkitd's configuration directory. */
  files?: Readonly<Record<string, Uint8Array>>;
}

/** Which builder was taken into use last, and for which endpoint. */
export interface CurrentBuilder {
  /** The endpoint of Docker that was in use then: a context's name or an address. */
  key: string;
  /** Empty when it was reset. */
  name: string;
  /** In use for all endpoints. */
  global: boolean;
}

/** What a node of the store is opened with. */
export function nodeRequest(builder: string, node: StoredNode): NodeRequest {
  const { name, endpoint, platforms, driverOpts, flags, files } = node;
  return {
    builder,
    name,
    ...(endpoint && { endpoint }),
    ...(platforms && { platforms }),
    ...(driverOpts && { options: driverOpts }),
    ...(flags && { buildkitdFlags: flags }),
    ...(files && { files }),
  };
}
