// Generates packages/core/src/gen out of packages/core/proto. With --check it writes nothing and fails when
// what is checked in is not current.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const core = join(root, "packages/core");
const require = createRequire(join(root, "package.json"));

const TS_PROTO_OPTIONS = [
  "forceLong=bigint",
  "useDate=false",
  "importSuffix=.ts",
  "esModuleInterop=true",
  "enumsAsLiterals=true",
  "unrecognizedEnum=false",
  "outputJsonMethods=false",
  "outputPartialMethods=true",
  "outputServices=generic-definitions",
  "outputTypeAnnotations=false",
  "exportCommonSymbols=false",
  "useOptionals=none",
  "emitDefaultValues=false",
].join(",");

const check = process.argv.includes("--check");
const target = join(core, "src/gen");
const out = check ? mkdtempSync(join(tmpdir(), "tsbx-gen-")) : target;
try {
  if (!check) rmSync(target, { recursive: true, force: true });
  generate(out);
  const stale = check ? differences(out, target) : [];
  if (stale.length > 0) {
    console.error(`packages/core/src/gen is not current (${stale.join(", ")}): run npm run generate`);
    process.exitCode = 1;
  }
} finally {
  if (check) rmSync(out, { recursive: true, force: true });
}

function generate(directory) {
  const template = {
    version: "v2",
    plugins: [
      {
        local: join(dirname(require.resolve("ts-proto/package.json")), "protoc-gen-ts_proto"),
        out: directory,
        opt: TS_PROTO_OPTIONS,
        include_imports: true,
      },
    ],
  };
  const buf = require.resolve("@bufbuild/buf/bin/buf");
  const args = [buf, "generate", "--template", JSON.stringify(template)];
  const result = spawnSync(process.execPath, args, { cwd: core, stdio: "inherit" });
  if (result.status !== 0) throw new Error(`buf generate failed (exit code ${result.status})`);
}

function differences(fresh, current) {
  const files = new Set([...filesIn(fresh), ...filesIn(current)]);
  return [...files].filter((file) => {
    const [a, b] = [join(fresh, file), join(current, file)];
    return !existsSync(a) || !existsSync(b) || readFileSync(a, "utf8") !== readFileSync(b, "utf8");
  });
}

function filesIn(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)));
}
