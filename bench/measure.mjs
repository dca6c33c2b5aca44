// Runs a command as a whole process and reads what it used from GNU time.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const TIME = "/usr/bin/time";

/** @typedef {{ wall: number, cpu: number, peak: number }} Usage seconds, seconds, MiB */

/** @throws when GNU time is missing */
export function checkTime() {
  if (!existsSync(TIME)) throw new Error(`${TIME} is missing: install the Debian package "time"`);
}

/**
 * @param {string[]} command
 * @param {{ env: NodeJS.ProcessEnv, report: string }} options `report` is a file for GNU time
 * @returns {Promise<Usage>}
 */
export async function measure(command, { env, report }) {
  const child = spawn(TIME, ["-o", report, "-f", "%e %U %S %M", ...command], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr = (stderr + text).slice(-4000);
  });
  const start = performance.now();
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
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
 * @param {{ env: NodeJS.ProcessEnv, report: string }} options
 * @returns {Promise<Usage>}
 */
export async function measureTogether(count, command, { env, report }) {
  const start = performance.now();
  const usages = await Promise.all(
    Array.from({ length: count }, (_, index) => measure(command, { env, report: `${report}${index}` })),
  );
  const wall = (performance.now() - start) / 1000;
  const sum = (/** @type {"cpu" | "peak"} */ key) => usages.reduce((total, usage) => total + usage[key], 0);
  return { wall, cpu: sum("cpu"), peak: sum("peak") };
}
