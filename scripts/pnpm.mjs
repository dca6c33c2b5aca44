// pnpm of the pinned version, installed into .cache/ when it is not there: nothing has to be installed first.
import { execFile, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = join(fileURLToPath(new URL("..", import.meta.url)));

const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = join(root, ".cache", packageManager.replace("@", "-"));
const bin = join(folder, "node_modules", ".bin");

/** The environment in which `pnpm` is the pinned one, for it and for what it runs. */
export const toolEnv = {
  ...process.env,
  PATH: [bin, join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter),
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
};

/** Installs pnpm (when it is missing), the dependencies, and builds all packages. */
export async function setUp() {
  if (!existsSync(bin)) {
    console.log(`Installing ${packageManager} into .cache/`);
    await run("npm", ["install", "--prefix", folder, "--no-save", "--no-fund", "--no-audit", packageManager]);
  }
  console.log("Installing dependencies");
  await run("pnpm", ["install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only"]);
  console.log("Building packages");
  await buildPackages();
}

/** Brings every package's `dist` up to date with its sources. Says nothing unless it fails. */
export async function buildPackages() {
  try {
    await promisify(execFile)("pnpm", ["build", "--output-logs=errors-only"], { cwd: root, env: toolEnv });
  } catch (error) {
    throw new Error(`the packages cannot be built:\n${/** @type {{ stdout?: string }} */ (error).stdout}`, {
      cause: error,
    });
  }
}

/**
 * Runs a command with the terminal's input and output; rejects unless it exits with 0.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 */
export async function run(command, args, options = {}) {
  const code = await exitCodeOf(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed (exit code ${code})`);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<number | null>}
 */
export function exitCodeOf(command, args, { env = toolEnv, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: "inherit" });
    child.once("error", reject);
    child.once("close", resolve);
  });
}
