// Our packages as they would be published: packed, and installed into new projects.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildPackages, root, toolEnv } from "./pnpm.mjs";

const run = promisify(execFile);

/** This process's environment with the pinned pnpm, and without what the package manager that runs us has set. */
export function installEnv() {
  return Object.fromEntries(
    Object.entries(toolEnv).filter(([name]) => !/^(npm_|pnpm_|INIT_CWD|NODE_PATH)/.test(name)),
  );
}

/** @type {Map<string, Promise<string>>} */
const tarballs = new Map();
/** @type {Promise<void> | undefined} */
let built;

/**
 * A package's tarball; packed once for each process.
 * @param {string} name without the scope
 */
export function tarball(name) {
  const packed = tarballs.get(name) ?? pack(name);
  tarballs.set(name, packed);
  return packed;
}

/** @param {string} name */
async function pack(name) {
  const cwd = join(root, "packages", name);
  const destination = join(root, ".cache", "packed", name);
  rmSync(destination, { recursive: true, force: true });
  mkdirSync(destination, { recursive: true });
  const env = installEnv();
  built ??= buildPackages();
  await built;
  const { stdout } = await run("pnpm", ["pack", "--json", "--pack-destination", destination], { cwd, env });
  return JSON.parse(stdout).filename;
}

/**
 * Installs packages of ours into a new project; what else they need comes from the registry.
 * @param {"npm" | "pnpm"} manager
 * @param {string} project
 * @param {readonly string[]} names without the scope
 */
export async function install(manager, project, names) {
  /** @type {Record<string, string>} */
  const files = {};
  for (const name of names) files[`@tsbx/${name}`] = `file:${await tarball(name)}`;
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, dependencies: files }));
  const options = { cwd: project, env: installEnv() };
  if (manager === "npm") {
    await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"], options);
    return;
  }
  // Ours are not published: dependencies of dependencies must come out of the tarballs, too.
  const overrides = Object.entries(files).map(([name, file]) => `  "${name}": "${file}"\n`);
  writeFileSync(join(project, "pnpm-workspace.yaml"), `packages: []\noverrides:\n${overrides.join("")}`);
  await run("pnpm", ["install", "--prefer-offline", "--ignore-scripts"], options);
}

/**
 * A package and those of ours that it needs, all without the scope.
 * @param {readonly string[]} names
 * @returns {string[]}
 */
export function withOwnDependencies(names) {
  const all = new Set(["core", ...names]);
  for (const name of all) {
    const { dependencies = {} } = JSON.parse(
      readFileSync(join(root, "packages", name, "package.json"), "utf8"),
    );
    for (const key of Object.keys(dependencies)) {
      if (key.startsWith("@tsbx/")) all.add(key.slice("@tsbx/".length));
    }
  }
  return [...all];
}
