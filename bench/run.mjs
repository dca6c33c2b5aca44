// `npm run bench`: tsbx beside the peer, the same command through both in turn, on one daemon. Whole-process
// figures, medians. --runs N, --only TEXT, --quick, --record (adds the table to bench/RESULTS.md).
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { arch, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildPackages } from "../scripts/pnpm.mjs";
import { loadBed } from "../testbed/index.mjs";
import { cases } from "./cases.mjs";
import { startDaemon } from "./daemon.mjs";
import { checkTime, measure } from "./measure.mjs";
import { table } from "./table.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const work = join(root, ".cache", "bench");
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
  },
});

checkTime();
await buildPackages();
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const up = spawnSync(process.execPath, [join(root, "testbed/bed.mjs"), "up", "images"], { stdio: "inherit" });
if (up.status !== 0) throw new Error("the test bed did not come up");
const bed = loadBed(["registry"]);
const daemon = await startDaemon(join(work, "daemon"), { tools: bed.tools, mirror: bed.registry.plain.host });
const report = join(work, "usage");
const env = {
  ...process.env,
  BUILDX_CONFIG: join(work, "config"),
  DOCKER_CONFIG: join(work, "docker"),
  BUILDKIT_HOST: daemon.endpoint,
};
const ours = [process.execPath, join(root, "packages/cli/dist/bin.js")];
const theirs = [bed.tools.buildx];
try {
  // The peer knows no BUILDKIT_HOST: it needs a builder. Ours would then take that one too, so it comes apart.
  const peerEnv = { ...env, BUILDX_CONFIG: join(work, "peer") };
  const create = ["create", "--name", "bench", "--driver", "remote", "--use", daemon.endpoint];
  spawnSync(bed.tools.buildx, create, { env: peerEnv, stdio: "ignore" });
  const rows = [];
  for (const item of cases(work)) {
    if ((values.only && !item.name.includes(values.only)) || (values.quick && !item.quick)) continue;
    item.prepare?.();
    const row = { name: item.name, ours: [], theirs: [] };
    for (let run = item.warmUp ? -1 : 0; run < Number(values.runs); run++) {
      item.before?.();
      const a = await measure([...ours, ...withQuiet(item.args)], { env, report });
      item.before?.();
      const b = await measure([...theirs, ...withQuiet(item.args)], { env: peerEnv, report });
      if (run < 0) continue;
      row.ours.push(a);
      row.theirs.push(b);
    }
    rows.push(row);
    console.log(table([row]).split("\n").at(-1));
  }
  const text = `${machine()}\n\n${table(rows)}\n`;
  console.log(`\n${text}`);
  if (values.record)
    appendFileSync(
      join(root, "bench/RESULTS.md"),
      `\n## ${new Date().toISOString().slice(0, 10)}\n\n${text}`,
    );
} finally {
  await daemon.stop();
  rmSync(work, { recursive: true, force: true });
}

/** @param {string[]} args */
function withQuiet(args) {
  return args[0] === "build" ? ["build", "--progress", "quiet", ...args.slice(1)] : args;
}

function machine() {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const buildx = spawnSync(bed.tools.buildx, ["version"])
    .stdout.toString()
    .trim()
    .split(" ")
    .find((word) => /^v\d/.test(word));
  return `${cpus().length} cores (${arch()}), ${memory}, Linux ${release().split("-")[0]}, Node ${process.version}, Buildx ${buildx}, BuildKit v0.32.2, remote driver on a unix socket; ${values.runs} pairs, median (min–max).`;
}
