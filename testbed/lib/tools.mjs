import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { arch, platform } from "node:os";
import { basename, join } from "node:path";
import { needPackages } from "./apt.mjs";
import { goModules } from "./go-modules.mjs";
import { withLock } from "./lock.mjs";
import { cacheFolder, sources } from "./paths.mjs";
import { findCommand, run, say } from "./run.mjs";

/** @typedef {import("./go-modules.mjs").ToolName} ToolName */
/** @typedef {import("./go-modules.mjs").ModuleName} ModuleName */
/** @typedef {import("./go-modules.mjs").GoModule} GoModule */

const modules = join(sources, "go");

/** @param {ModuleName} module */
function sourceFolder(module) {
  /** @type {GoModule} */
  const { folder = module } = goModules[module];
  return join(modules, folder);
}

/** Built binaries are kept by what they are built from, so that clones share them and an update never mixes. */
export function toolFolder(/** @type {ModuleName} */ module) {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(sourceFolder(module), file)));
  hash.update(JSON.stringify([goModules[module], platform(), arch()]));
  return join(cacheFolder(), `${module}-${hash.digest("hex").slice(0, 12)}`);
}

/**
 * The path of one pinned binary, built from source when the cache does not have it.
 * @param {ToolName} name
 */
export async function ensureTool(name) {
  return (await ensureTools([name]))[name];
}

/**
 * Builds what is missing of a module in one go, which is much quicker than one at a time.
 * @template {ToolName} N
 * @param {N[]} names
 * @returns {Promise<Record<N, string>>}
 */
export async function ensureTools(names) {
  /** @type {[string, string][]} */
  const paths = [];
  for (const module of /** @type {ModuleName[]} */ (Object.keys(goModules))) {
    const wanted = names.filter((name) => name in goModules[module].commands);
    if (wanted.length === 0) continue;
    const folder = toolFolder(module);
    const missing = () => wanted.filter((name) => !existsSync(join(folder, name)));
    if (missing().length > 0) {
      mkdirSync(folder, { recursive: true });
      await withLock(folder, () => buildTools(module, folder, missing()));
    }
    paths.push(...wanted.map((name) => /** @type {[string, string]} */ ([name, join(folder, name)])));
  }
  return Object.fromEntries(paths);
}

/**
 * @param {ModuleName} module
 * @param {string} folder
 * @param {ToolName[]} names
 */
async function buildTools(module, folder, names) {
  if (names.length === 0) return;
  if (!findCommand("go")) {
    throw new Error(
      "Go is needed to build the servers: install Go 1.21 or newer (https://go.dev/dl) and put it on PATH",
    );
  }
  /** @type {GoModule} */
  const { ldflags, tags = [], cgo = false, commands } = goModules[module];
  if (cgo) await needPackages("gcc", "libc6-dev", "libseccomp-dev", "pkg-config");
  say(`building ${names.join(", ")} (minutes when Go's own cache is cold)`);
  // Only the holder of the lock builds here, so these are of builds that were cut short.
  for (const entry of readdirSync(folder)) {
    if (entry.startsWith("building-")) rmSync(join(folder, entry), { recursive: true, force: true });
  }
  const building = mkdtempSync(join(folder, "building-"));
  const packages = names.map((name) => /** @type {string} */ (commands[name]));
  try {
    await run("go", ["install", "-tags", tags.join(","), "-ldflags", ldflags, ...packages], {
      cwd: sourceFolder(module),
      // Settings of the person at the keyboard must not change what is built.
      env: {
        GOFLAGS: "-mod=readonly",
        GOWORK: "off",
        GOOS: undefined,
        GOARCH: undefined,
        CGO_ENABLED: cgo ? "1" : "0",
        GOBIN: building,
      },
    });
    // Go names them after their packages.
    for (const name of names)
      renameSync(join(building, basename(String(commands[name]))), join(folder, name));
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}
