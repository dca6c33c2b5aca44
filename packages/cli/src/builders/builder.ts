import type { NodeRequest } from "@tsbx/core";
import type { StoredBuilder } from "@tsbx/core/store";

/** A builder as it is configured, wherever from; nothing of it has been asked yet. */
export interface Builder {
  name: string;
  /** The driver's name. */
  driver: string;
  nodes: readonly [NodeRequest, ...NodeRequest[]];
  /** The store's entry. Without one the builder is its driver's own, like that of a docker context. */
  stored?: StoredBuilder;
}
