import { execFile } from "node:child_process";
import { readdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { DriverContext, NodeConfig } from "@tsbx/core/driver";
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
  await unmountBelow(layout.root);
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

/** A daemon that was killed in the middle of a build leaves mounts behind. */
async function unmountBelow(root: string): Promise<void> {
  const points = mountsBelow(root, await readFile("/proc/self/mounts", "utf8"));
  for (const point of points.reverse()) await run("umount", ["-l", point]);
}

/** The mount points below a directory, out of a table in the form of proc(5), in the order they were made. */
export function mountsBelow(directory: string, table: string): string[] {
  return table
    .split("\n")
    .map((line) => decode(line.split(" ")[1] ?? ""))
    .filter((point) => point.startsWith(`${directory}/`));
}

/** Spaces and the like stand as octal escapes in the table. */
function decode(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
