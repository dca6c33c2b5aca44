import { TsbxError } from "@tsbx/core/driver";
import { isDnsSubdomain } from "./names.ts";

/** It is also a label's value. */
const MAX_LENGTH = 63;

/**
 * The name of a node's Deployment or StatefulSet.
 * @throws TsbxError `INVALID_NODE_NAME` when the node's name makes none
 */
export function workloadName(node: string): string {
  const name = node.toLowerCase().replaceAll("_", "-");
  if (name.length <= MAX_LENGTH && isDnsSubdomain(name)) return name;
  throw new TsbxError("INVALID_NODE_NAME", `the node name ${JSON.stringify(node)} cannot name a Deployment`, {
    hint: `Give one with --node: letters, digits, - and ., at most ${MAX_LENGTH}, a letter or digit at both ends.`,
  });
}
