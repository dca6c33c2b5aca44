import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { needPackages } from "./apt.mjs";
import { withLock } from "./lock.mjs";
import { cacheFolder, sources } from "./paths.mjs";
import { findCommand, run, say } from "./run.mjs";

/** @typedef {"buildkitd" | "buildctl" | "buildx" | "dockerfile-frontend" | "runc"} ToolName */

const modules = join(sources, "go");

// `go install` takes the version from go.mod, but the commands only report it when told at link time.
const buildkitFlags = [
  "-s -w",
  "-X github.com/moby/buildkit/version.Version=v0.32.2",
  "-X github.com/docker/buildx/version.Version=v0.36.1",
].join(" ");
const runcFlags = "-s -w -extldflags -static";

/** @type {Record<ToolName, string>} */
const commands = {
  buildkitd: "github.com/moby/buildkit/cmd/buildkitd",
  buildctl: "github.com/moby/buildkit/cmd/buildctl",
  buildx: "github.com/docker/buildx/cmd/buildx",
  "dockerfile-frontend": "github.com/moby/buildkit/frontend/dockerfile/cmd/dockerfile-frontend",
  runc: "github.com/opencontainers/runc",
};

export const toolNames = /** @type {ToolName[]} */ (Object.keys(commands));

/** Built binaries are kept by what they are built from, so that clones share them and an update never mixes. */
export function toolFolder() {
  const hash = createHash("sha256");
  for (const module of ["buildkit", "runc"]) {
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(modules, module, file)));
  }
  hash.update(JSON.stringify([buildkitFlags, runcFlags, platform(), arch()]));
  return join(cacheFolder(), `bin-${hash.digest("hex").slice(0, 12)}`);
}

/**
 * The path of one pinned binary, built from source when the cache does not have it.
 * @param {ToolName} name
 */
export async function ensureTool(name) {
  return (await ensureTools([name]))[name];
}

/**
 * Builds what is missing in one go, which is much quicker than one at a time.
 * @template {ToolName} N
 * @param {N[]} names
 * @returns {Promise<Record<N, string>>}
 */
export async function ensureTools(names) {
  const folder = toolFolder();
  const missing = () => names.filter((name) => !existsSync(join(folder, name)));
  if (missing().length > 0) {
    mkdirSync(folder, { recursive: true });
    await withLock(folder, () => buildTools(folder, missing()));
  }
  const paths = names.map((name) => [name, join(folder, name)]);
  return Object.fromEntries(paths);
}

/**
 * @param {string} folder
 * @param {ToolName[]} names
 */
async function buildTools(folder, names) {
  if (names.length === 0) return;
  if (!findCommand("go")) {
    throw new Error(
      "Go is needed to build the servers: install Go 1.21 or newer (https://go.dev/dl) and put it on PATH",
    );
  }
  if (names.includes("runc")) await needPackages("gcc", "libc6-dev", "libseccomp-dev", "pkg-config");
  say(`building ${names.join(", ")} (minutes when Go's own cache is cold)`);
  // Only the holder of the lock builds here, so these are of builds that were cut short.
  for (const entry of readdirSync(folder)) {
    if (entry.startsWith("building-")) rmSync(join(folder, entry), { recursive: true, force: true });
  }
  const building = mkdtempSync(join(folder, "building-"));
  // Settings of the person at the keyboard must not change what is built.
  const env = { GOFLAGS: "-mod=readonly", GOWORK: "off", GOOS: undefined, GOARCH: undefined };
  try {
    const plain = names.filter((name) => name !== "runc");
    if (plain.length > 0) {
      await run("go", ["install", "-ldflags", buildkitFlags, ...plain.map((name) => commands[name])], {
        cwd: join(modules, "buildkit"),
        env: { ...env, CGO_ENABLED: "0", GOBIN: building },
      });
    }
    if (names.includes("runc")) {
      // Without the seccomp tag RUN steps fail, and seccomp needs cgo; static, to run inside the BuildKit image too.
      const args = [
        "build",
        "-tags",
        "seccomp",
        "-trimpath",
        "-ldflags",
        runcFlags,
        "-o",
        join(building, "runc"),
      ];
      await run("go", [...args, commands.runc], {
        cwd: join(modules, "runc"),
        env: { ...env, CGO_ENABLED: "1" },
      });
    }
    for (const name of names) renameSync(join(building, name), join(folder, name));
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}
