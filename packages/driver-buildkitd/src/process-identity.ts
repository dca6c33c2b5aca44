import { readFile } from "node:fs/promises";

/** A process for good: pids are used again, together with the start time they are not. */
export interface ProcessIdentity {
  pid: number;
  /** Boot of the machine and start time since then, as the kernel tells them (proc(5)). */
  started: string;
}

/** The identity of a live process, or undefined when there is none (a zombie is none). */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    // The command name, in parentheses, may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, startTime] = [fields[0], fields[19]];
    return state === "Z" || startTime === undefined
      ? undefined
      : { pid, started: `${boot.trim()}/${startTime}` };
  } catch {
    return undefined;
  }
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.started === identity.started;
}

/** Reads an identity out of JSON, or undefined when `text` is something else. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("pid" in value) || !("started" in value))
      return undefined;
    const { pid, started } = value;
    return Number.isSafeInteger(pid) && Number(pid) > 0 && typeof started === "string"
      ? { pid: Number(pid), started }
      : undefined;
  } catch {
    return undefined;
  }
}
