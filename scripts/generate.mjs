// Generates packages/core/src/gen out of packages/core/proto. With --check it writes nothing and fails when
// what is checked in is not current.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const core = join(root, "packages/core");
const generated = join(core, "src/gen");

// The tree is touched only when all of it could be generated: a fault in a proto leaves the old code in place.
const fresh = mkdtempSync(join(tmpdir(), "tsbx-gen-"));
try {
  generate(fresh);
  const stale = differences(fresh, generated);
  if (!process.argv.includes("--check")) replace(fresh, generated, stale);
  else if (stale.length > 0) {
    console.error("packages/core/src/gen is not what packages/core/proto generates: run pnpm generate");
    for (const file of stale) console.error(`  ${file}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

function generate(directory) {
  const buf = createRequire(join(root, "package.json")).resolve("@bufbuild/buf/bin/buf");
  const result = spawnSync(process.execPath, [buf, "generate", "--output", directory], {
    cwd: core,
    stdio: "inherit",
  });
  if (result.status !== 0) throw new Error(`buf generate failed (exit code ${result.status})`);
}

function replace(from, to, files) {
  for (const file of files) {
    if (existsSync(join(from, file))) cpSync(join(from, file), join(to, file));
    else rmSync(join(to, file));
  }
}

function differences(a, b) {
  const files = new Set([...filesIn(a), ...filesIn(b)]);
  return [...files].filter((file) => contentOf(join(a, file)) !== contentOf(join(b, file))).sort();
}

function contentOf(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function filesIn(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)));
}
