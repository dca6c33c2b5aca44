import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Makes a directory a disk of so many megabytes. */
export async function mountTmpfs(directory: string, megabytes: number): Promise<void> {
  await execute("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tsbx-test", directory]);
}

export async function unmount(directory: string): Promise<void> {
  await execute("umount", [directory]);
}
