import { TsbxError } from "@tsbx/core/errors";
import type { ConnectedNode } from "../builders/connect.ts";

/** The first BuildKit that knows `max-used-space` and `min-free-space`: older ones would prune without limit. */
const SINCE = [0, 17] as const;

/** @throws TsbxError `BUILDKIT_TOO_OLD` when the node's daemon would not heed limits by disk space. */
export async function checkSpaceLimits({ node, client }: ConnectedNode, signal: AbortSignal): Promise<void> {
  const version = (await client.info({ signal }))?.version || (await node.handle.version?.(signal));
  if (knowsSpaceLimits(version)) return;
  throw new TsbxError(
    "BUILDKIT_TOO_OLD",
    `buildkit v${SINCE.join(".")}.0+ is required for max-used-space and min-free-space filters, ` +
      `and node ${node.name} has ${version || "one that does not tell its version"}`,
    { hint: "Use --reserved-space or --filter until=... instead.", builder: node.builder, node: node.name },
  );
}

/** Whether a daemon of this version heeds limits by disk space; one of unknown version is taken for old. */
export function knowsSpaceLimits(version: string | undefined): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version ?? "") ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > SINCE[0] || (Number(major) === SINCE[0] && Number(minor) >= SINCE[1]);
}
