import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { vi } from "vitest";

/** The processes for which a predicate over their files in /proc holds. */
export function processes(is: (pid: number) => boolean): number[] {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => {
    try {
      return is(pid);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

export function commandLine(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8");
}

/** The mount points below a directory, in the order they were made. */
export function mountsBelow(directory: string): string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  return mounts
    .map((line) => line.split(" ")[1] ?? "")
    .filter((point) => point === directory || point.startsWith(`${directory}/`));
}

/** Ends the processes that name a directory on their command lines, and theirs, then all mounts in it. */
export async function endBelow(directory: string): Promise<void> {
  await vi.waitFor(
    () => {
      const left = withDescendants(processes((pid) => commandLine(pid).includes(directory)));
      for (const pid of left) process.kill(pid, "SIGKILL");
      if (left.length > 0) throw new Error(`still there: ${left}`);
    },
    { timeout: 10_000, interval: 50 },
  );
  for (const point of mountsBelow(directory).reverse()) {
    await new Promise((resolve) => spawn("umount", ["-l", point]).on("close", resolve));
  }
}

/** Containers are children of what does not pass its arguments on. */
function withDescendants(pids: readonly number[]): number[] {
  const found = new Set(pids);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const pid of processes((each) => found.has(parentOf(each)))) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}

function parentOf(pid: number): number {
  // The name before it may have any characters.
  const [, parent] = readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\)/s, "").trim().split(" ");
  return Number(parent);
}
