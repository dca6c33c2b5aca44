import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { succeed } from "./process.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");

/** This process's environment, with the pinned pnpm. */
export function installEnv(): Record<string, string> {
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const pnpm = join(ROOT, ".cache", packageManager.replace("@", "-"), "node_modules/.bin");
  const env = { ...process.env, PATH: [pnpm, process.env.PATH].join(delimiter) };
  // Of the package manager that runs the tests.
  const own = Object.entries(env).filter(([name]) => !/^(npm_|pnpm_|INIT_CWD|NODE_PATH)/.test(name));
  return Object.fromEntries(own) as Record<string, string>;
}

const tarballs = new Map<string, Promise<string>>();
let directory: string | undefined;

/**
 * A package's tarball, as it would be published; packed once for each process and gone with it.
 * @param name without the scope: `driver-remote`
 */
export function tarball(name: string): Promise<string> {
  const packed = tarballs.get(name) ?? pack(name);
  tarballs.set(name, packed);
  return packed;
}

async function pack(name: string): Promise<string> {
  if (!directory) {
    const made = mkdtempSync(join(tmpdir(), "tsbx-packed-"));
    process.on("exit", () => rmSync(made, { recursive: true, force: true }));
    directory = made;
  }
  const source = join(ROOT, "packages", name);
  await succeed("npx", ["tsc", "-b", source], { cwd: ROOT, env: installEnv() });
  const destination = join(directory, name);
  mkdirSync(destination);
  const { stdout } = await succeed("pnpm", ["pack", "--json", "--pack-destination", destination], {
    cwd: source,
    env: installEnv(),
  });
  return JSON.parse(stdout).filename;
}

/** Installs packages into a new project, whose other dependencies come from the registry. */
export async function install(
  manager: "npm" | "pnpm",
  project: string,
  names: readonly string[],
): Promise<void> {
  const files = Object.fromEntries(
    await Promise.all(names.map(async (name) => [`@tsbx/${name}`, `file:${await tarball(name)}`])),
  );
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, dependencies: files }));
  if (manager === "pnpm") {
    // What is not published yet must come out of the tarballs for dependencies of dependencies, too.
    const overrides = Object.entries(files).map(([name, file]) => `  "${name}": "${file}"\n`);
    writeFileSync(join(project, "pnpm-workspace.yaml"), `packages: []\noverrides:\n${overrides.join("")}`);
    await succeed("pnpm", ["install", "--prefer-offline", "--ignore-scripts"], {
      cwd: project,
      env: installEnv(),
    });
  } else {
    const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"];
    await succeed("npm", ["install", ...quiet], { cwd: project, env: installEnv() });
  }
}
