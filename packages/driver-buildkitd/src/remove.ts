import { execFile } from "node:child_process";
import { readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { DriverContext, NodeConfig } from "@tsbx/core/driver";
import { clearAfterKill } from "./after-kill.ts";
import type { Layout } from "./layout.ts";
import { findPrograms } from "./programs.ts";
import { findRootlessPrograms } from "./rootless.ts";
import { stopDaemon } from "./stop.ts";

const run = promisify(execFile);

/** Removes everything of the node, except the build cache if `keepState`. The caller holds the lock. */
export async function removeDaemon(
  node: NodeConfig,
  context: DriverContext,
  layout: Layout,
  keepState: boolean,
  signal: AbortSignal,
): Promise<void> {
  await stopDaemon(layout, signal);
  await clearAfterKill(node, context, layout);
  if (layout.sockets !== layout.directory) await rm(layout.sockets, { recursive: true, force: true });
  const kept = [layout.root, layout.lock];
  for (const name of await readdir(layout.directory)) {
    const path = join(layout.directory, name);
    if (!kept.includes(path)) await rm(path, { recursive: true, force: true });
  }
  if (keepState) return;
  await removeRoot(node, context, layout);
  // With the lock in it: whoever waits for that makes the directory anew.
  await rm(layout.directory, { recursive: true, force: true });
  // The builder's own, unless it has another node here.
  await rmdir(dirname(layout.directory)).catch(() => {});
}

async function removeRoot(node: NodeConfig, context: DriverContext, layout: Layout): Promise<void> {
  try {
    await rm(layout.root, { recursive: true, force: true });
  } catch (error) {
    if (process.getuid?.() === 0) throw error;
    // Without root, some files belong to our subordinate ids: only inside the user namespace we may delete them.
    const { buildkitd } = await findPrograms(context.env, node.options);
    const rootlesskit = await findRootlessPrograms(context.env, node.options, buildkitd);
    await run(rootlesskit, ["rm", "-rf", layout.root], { env: { ...context.env } });
  }
}
