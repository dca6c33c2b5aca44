import { readdirSync, readFileSync } from "node:fs";

/** @typedef {{ pid: number, start: string }} ProcessId  a pid alone may be reused; with its start time it is not */

/**
 * @param {number} pid
 * @returns {{ state: string, parent: number, session: number, start: string } | undefined}
 */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name is in parentheses and may itself hold spaces and parentheses.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return {
      state: fields[0] ?? "",
      parent: Number(fields[1]),
      session: Number(fields[3]),
      start: fields[19] ?? "",
    };
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
export function startTime(pid) {
  return stat(pid)?.start ?? "";
}

/** @param {ProcessId} id */
export function isSameProcess(id) {
  const now = stat(id.pid);
  return now !== undefined && now.state !== "Z" && now.start === id.start;
}

/**
 * The process, everything below it, and what stayed in its session after losing its parent.
 * @param {ProcessId} id
 * @param {string} marker  an environment entry; the session of a dead leader counts only where it is found
 * @returns {ProcessId[]}
 */
export function family(id, marker) {
  const now = stat(id.pid);
  if (now && now.start !== id.start) return [];
  // Also true of a zombie: as long as its parent has not asked for its end, its pid is nobody else's.
  const known = now !== undefined;
  const found = known ? [id.pid] : [];
  for (const one of allProcesses()) {
    if (one.session === id.pid && (known || hasEnvironment(one.pid, marker))) found.push(one.pid);
  }
  return below(found);
}

export function allProcesses() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), ...stat(Number(name)) }));
}

/**
 * The processes, and everything below them.
 * @param {number[]} pids
 * @returns {ProcessId[]}
 */
export function below(pids) {
  const all = allProcesses();
  const found = new Set(pids);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const one of all) if (one.parent !== undefined && found.has(one.parent)) found.add(one.pid);
  }
  return [...found].map((pid) => ({ pid, start: startTime(pid) }));
}

/**
 * @param {number} pid
 * @param {string} entry
 */
function hasEnvironment(pid, entry) {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(entry);
  } catch {
    return false;
  }
}

/**
 * @param {ProcessId} id
 * @param {NodeJS.Signals} signal
 */
export function signal(id, signal) {
  if (!isSameProcess(id)) return;
  try {
    process.kill(id.pid, signal);
  } catch {}
}
