import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Where servers find the system's commands, whoever starts them: another PATH would start them anew. */
export const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** @param {string} message */
export function say(message) {
  // stdout belongs to `env` and `status`.
  process.stderr.write(`bed: ${message}\n`);
}

/**
 * Runs a command to its end and returns its stdout; on failure the error carries what it printed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, input?: string }} [options]
 * @returns {Promise<string>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...options.env };
    const child = spawn(command, args, { cwd: options.cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      err += text;
    });
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    child.on("error", (cause) => reject(new Error(`cannot run ${command}: ${cause.message}`, { cause })));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(out);
      const printed = `${out}${err}`.trim().split("\n").slice(-40).join("\n");
      reject(new Error(`${[command, ...args].join(" ")} failed (${signal ?? `exit ${code}`})\n${printed}`));
    });
  });
}

/**
 * The absolute path of a command, also looking where servers are kept (root's PATH may lack sbin).
 * @param {string} name
 */
export function findCommand(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  for (const folder of folders) {
    if (!folder) continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return undefined;
}

/**
 * Asks `check` until it holds. Servers say they are ready only by answering, so there is nothing to await.
 * @param {() => Promise<boolean> | boolean} check
 * @param {number} seconds
 * @param {number} [everyMs]
 */
export async function poll(check, seconds, everyMs = 50) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await check()) return true;
    if (Date.now() > end) return false;
    await delay(everyMs);
  }
}
