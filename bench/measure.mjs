// Runs a command as a whole process and reads what it used from GNU time.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const TIME = "/usr/bin/time";

/** What no run comes near that ends at all. */
export const LIMIT_SECONDS = 180;

/** @typedef {{ wall: number, cpu: number, peak: number, daemon?: number }} Usage seconds, seconds, MiB, seconds */
/** @typedef {{ env: NodeJS.ProcessEnv, report: string }} Options `report` is a file for GNU time */

/**
 * @param {string[]} command
 * @param {Options} options
 * @returns {Promise<Usage | undefined>} undefined when it did not end, and was killed
 */
export async function measure(command, { env, report }) {
  const child = spawn(TIME, ["-o", report, "-f", "%e %U %S %M", ...command], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr = (stderr + text).slice(-4000);
  });
  const start = performance.now();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    process.kill(-child.pid, "SIGKILL");
  }, LIMIT_SECONDS * 1000);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  clearTimeout(timer);
  if (late) return undefined;
  // GNU time counts in hundredths of a second, which is coarse for the short ones.
  const wall = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`${command.join(" ")} failed (${code}):\n${stderr}`);
  const [, user, system, kib] = readFileSync(report, "utf8").trim().split(" ").map(Number);
  return { wall, cpu: user + system, peak: kib / 1024 };
}

/**
 * A command many times at once: the time until the last has ended, and what they used together.
 * @param {number} count
 * @param {string[]} command
 * @param {Options} options
 * @returns {Promise<Usage | undefined>}
 */
export async function measureTogether(count, command, { env, report }) {
  const start = performance.now();
  const usages = await Promise.all(
    Array.from({ length: count }, (_, index) => measure(command, { env, report: `${report}${index}` })),
  );
  const wall = (performance.now() - start) / 1000;
  if (usages.includes(undefined)) return undefined;
  const sum = (/** @type {"cpu" | "peak"} */ key) => usages.reduce((total, usage) => total + usage[key], 0);
  return { wall, cpu: sum("cpu"), peak: sum("peak") };
}
