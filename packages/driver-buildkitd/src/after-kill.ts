import { execFile } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DriverContext, NodeConfig } from "@tsbx/core/driver";
import type { Layout } from "./layout.ts";
import { findPrograms } from "./programs.ts";

const run = promisify(execFile);

/** How buildkitd names the containers of steps, and the directories of their bundles. */
const CONTAINER_ID = /^[0-9a-z]{25}$/;

/**
 * Removes what a daemon that was killed in the middle of a build leaves: the steps that go on running, what runc
 * has of them, and mounts. The daemon must have ended, and the caller hold the lock.
 */
export async function clearAfterKill(
  node: NodeConfig,
  context: DriverContext,
  layout: Layout,
): Promise<void> {
  const bundles = await bundlesIn(layout.root);
  if (bundles.length > 0) {
    const { runc } = await findPrograms(context.env, node.options);
    const env = { XDG_RUNTIME_DIR: layout.sockets, ...context.env };
    for (const { id } of bundles) await run(runc, ["delete", "--force", id], { env });
  }
  const mounts = mountsBelow(layout.directory, await readFile("/proc/self/mounts", "utf8"));
  for (const point of mounts.reverse()) await run("umount", ["-l", point]);
  for (const { path } of bundles) await rm(path, { recursive: true, force: true });
}

/** A worker's are in `runc-SNAPSHOTTER/executor`. */
async function bundlesIn(root: string): Promise<Array<{ id: string; path: string }>> {
  const workers = (await names(root)).filter((name) => name.startsWith("runc-"));
  const lists = workers.map(async (worker) => {
    const executor = join(root, worker, "executor");
    const ids = (await names(executor)).filter((name) => CONTAINER_ID.test(name));
    return ids.map((id) => ({ id, path: join(executor, id) }));
  });
  return (await Promise.all(lists)).flat();
}

function names(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
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
