// `npm run demo`: from a bare clone to a built Dockerfile. It installs what it needs into .cache/ and the
// cache folder of the test bed, says so, and asks nothing.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { ensureBusybox } from "../testbed/lib/busybox.mjs";
import { findCommand } from "../testbed/lib/run.mjs";
import { ensureTools } from "../testbed/lib/tools.mjs";
import { root, run, setUp, toolEnv } from "./pnpm.mjs";

const work = join(root, ".cache", "demo");
const base = join(work, "busybox");
const out = join(work, "site");
const tsbx = join(root, "packages/cli/dist/bin.js");

try {
  await demo();
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

async function demo() {
  await setUp();
  const daemon = await findDaemon();
  const env = {
    ...toolEnv,
    ...daemon,
    XDG_STATE_HOME: join(work, "state"),
    BUILDX_CONFIG: join(work, "config"),
    BUILDKIT_HOST: undefined,
    BUILDX_BUILDER: undefined,
  };
  rmSync(out, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    if (!existsSync(join(base, "index.json"))) await buildBase(env);
    step("Building examples/site with tsbx");
    const context = ["--build-context", `busybox=oci-layout://${base}`];
    await run("node", [tsbx, "build", ...context, "--output", out, "examples/site"], { env });
  } finally {
    await run("node", [join(root, "scripts/stop-embedded.mjs")], { env });
  }
  show();
}

/** A buildkitd on PATH is used; else the pinned one is built out of the Go module registry. */
async function findDaemon() {
  const found = {
    buildkitd: findCommand("buildkitd"),
    runc: findCommand("buildkit-runc") ?? findCommand("runc"),
  };
  if (found.buildkitd && found.runc) {
    step(`Using ${found.buildkitd}`);
    return { TSBX_BUILDKITD: found.buildkitd };
  }
  step("Building buildkitd and runc from the Go module registry (minutes the first time)");
  const { buildkitd, runc } = await ensureTools(["buildkitd", "runc"]);
  return { TSBX_BUILDKITD: buildkitd, PATH: [dirname(runc), toolEnv.PATH].join(delimiter) };
}

async function buildBase(env) {
  step("Making the base image out of Debian's static busybox");
  const context = join(work, "base");
  mkdirSync(context, { recursive: true });
  cpSync(join(root, "examples/base/Dockerfile"), join(context, "Dockerfile"));
  const binaries = await ensureBusybox();
  cpSync(process.arch === "arm64" ? binaries.arm64 : binaries.amd64, join(context, "busybox"));
  const output = `type=oci,tar=false,dest=${base}`;
  await run("node", [tsbx, "build", "--quiet", "--tag", "busybox:latest", "--output", output, context], {
    env,
  });
}

function show() {
  step(`The result is in ${out}`);
  for (const name of readdirSync(out)) console.log(`  ${name}`);
  console.log(`\n${readFileSync(join(out, "index.html"), "utf8")}`);
}

function step(text) {
  console.log(`\n=== ${text}`);
}
