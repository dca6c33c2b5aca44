import type { NodeRequest } from "@tsbx/core";
import { nodeRequest, type StoredBuilder } from "@tsbx/core/store";

/** A builder as it is configured, wherever from; nothing of it has been asked yet. */
export interface Builder {
  name: string;
  /** The driver's name. */
  driver: string;
  nodes: readonly [NodeRequest, ...NodeRequest[]];
  /** The store's entry. Without one the builder is its driver's own, like that of a docker context. */
  stored?: StoredBuilder;
}

export function builderOf(stored: StoredBuilder): Builder {
  const [first, ...others] = stored.nodes.map((node) => nodeRequest(stored.name, node));
  return { name: stored.name, driver: stored.driver, nodes: [first!, ...others], stored };
}
