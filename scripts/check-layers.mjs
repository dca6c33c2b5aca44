// The layers point one way: cli -> core <- drivers. Core imports no driver and names none; drivers import
// nothing but core's driver entry; nothing reaches into another package's files.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const IMPORT = /(?:from|import)\s*\(?\s*["']([^"']+)["']/g;
/** The packages on the far side of the driver contract. */
const DRIVER_SIDE = /^(driver-(?!testkit$)|docker-engine$)/;
const problems = [];

for (const name of readdirSync(join(root, "packages"))) {
  const source = join(root, "packages", name, "src");
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts") || entry.name.includes(".test.")) continue;
    const path = join(entry.parentPath, entry.name);
    for (const [, target] of readFileSync(path, "utf8").matchAll(IMPORT)) {
      const problem = problemOf(name, source, path, target);
      if (problem) problems.push(`${relative(root, path)}: imports ${target}: ${problem}`);
    }
  }
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** What is wrong with an import, if anything. */
function problemOf(name, source, path, target) {
  if (target.startsWith(".")) {
    const resolved = join(path, "..", target);
    return resolved.startsWith(source) || resolved.startsWith(join(source, "..", "package.json"))
      ? undefined
      : "it is outside the package";
  }
  if (!target.startsWith("@tsbx/")) return undefined;
  if (name === "core") return "core imports no other package";
  // Optional, for its endpoints inside of pods.
  if (name === "driver-remote" && target === "@tsbx/driver-kubernetes/pod") return undefined;
  if (DRIVER_SIDE.test(name) && target !== "@tsbx/core/driver" && target !== "@tsbx/docker-engine")
    return "drivers import @tsbx/core/driver alone, and what they share of Docker's engine";
  if (name === "cli" && target.startsWith("@tsbx/driver-")) return "the cli finds drivers when it runs";
  return undefined;
}
