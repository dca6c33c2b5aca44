// `npm run bench`: tsbx beside the peer, the same command through both in turn, on one daemon. Whole-process
// figures, medians. --runs N, --only TEXT, --quick, --record (adds the table to bench/RESULTS.md), --work FOLDER
// (contexts, results and the daemon's state; default: .cache/bench).
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { arch, cpus, release, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildPackages } from "../scripts/pnpm.mjs";
import { loadBed } from "../testbed/index.mjs";
import { needPackages } from "../testbed/lib/apt.mjs";
import { cases } from "./cases.mjs";
import { daemonCpu } from "./daemon.mjs";
import { LIMIT_SECONDS, measure, measureTogether } from "./measure.mjs";
import { openPlace, removeImage, surroundings } from "./places.mjs";
import { expectSameImage } from "./same.mjs";
import { table } from "./table.mjs";

/** Builds at once, in cases of many. */
const MANY = 50;
const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    work: { type: "string", default: join(root, ".cache/bench") },
  },
});
const work = resolve(values.work);

await needPackages("time");
await buildPackages();
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const chosen = cases(work).filter(
  (item) => (!values.only || item.name.includes(values.only)) && (!values.quick || item.quick),
);
const up = spawnSync(process.execPath, [join(root, "testbed/bed.mjs"), "up", ...bedParts()], {
  stdio: "inherit",
});
if (up.status !== 0) throw new Error("the test bed did not come up");
const bed = loadBed(["registry"]);
const around = await surroundings(bed, work);
const report = join(work, "usage");
const ours = [process.execPath, join(root, "packages/cli/dist/bin.js")];
const theirs = [bed.tools.buildx];
/** @type {Map<string, import("./places.mjs").Place>} */
const places = new Map();
const cleanUp = async () => {
  for (const place of places.values()) place.close();
  await around.stop();
  rmSync(work, { recursive: true, force: true });
};
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => cleanUp().then(() => process.exit(1)));
try {
  const rows = [];
  for (const item of chosen) {
    const row = await runCase(item);
    rows.push(row);
    console.log(table([row]).split("\n").at(-1));
  }
  const text = `${machine()}\n\n${table(rows)}\n`;
  console.log(`\n${text}`);
  if (values.record) {
    const heading = `\n## ${new Date().toISOString().slice(0, 10)}\n\n`;
    appendFileSync(join(root, "bench/RESULTS.md"), heading + text);
  }
} finally {
  await cleanUp();
}

/** @param {import("./cases.mjs").Case} item */
async function runCase(item) {
  const place = placeOf(item);
  const args = withQuiet(item.args);
  const context = args.at(-1);
  const options = { env: place.env, report };
  const many = [process.execPath, join(root, "bench/many.mjs"), `${MANY}`, context, around.endpoint];
  const ourRun = () => measure(item.many ? many : [...ours, ...args], options);
  const theirCommand = [...theirs, ...args];
  const theirRun = () =>
    item.many ? measureTogether(MANY, theirCommand, options) : measure(theirCommand, options);
  item.prepare?.();
  /** @type {import("./table.mjs").Row} */
  const row = { name: item.name, ours: [], theirs: [] };
  for (let run = item.warmUp ? -1 : 0; run < (item.alone ? 1 : Number(values.runs)); run++) {
    const a = await once(ourRun, item, place);
    if (!a) throw new Error(`${item.name}: no end in ${LIMIT_SECONDS} s`);
    if (run >= 0) row.ours.push(a);
    if (item.alone || row.late) continue;
    const b = await once(theirRun, item, place);
    if (!b) row.late = LIMIT_SECONDS;
    else if (run >= 0) row.theirs.push(b);
  }
  if (args[0] === "build" && !item.alone) {
    const { dockerfile = join(context, "Dockerfile") } = item;
    const metadata = join(work, "metadata.json");
    expectSameImage([ours, theirs], { context, dockerfile, metadata, env: place.env });
  }
  return row;
}

/**
 * One run, with what the benchmark's own daemon used of the processors meanwhile.
 * @param {() => ReturnType<typeof measure>} run
 */
async function once(run, item, place) {
  await makeReady(item, place);
  const before = daemonCpu(around.pid);
  const usage = await run();
  const onDaemon = (item.at ?? "daemon") === "daemon" && item.args[0] === "build";
  return usage && onDaemon ? { ...usage, daemon: daemonCpu(around.pid) - before } : usage;
}

function placeOf({ at = "daemon" }) {
  const place = places.get(at) ?? openPlace(at, { ...around, bed, work });
  places.set(at, place);
  return place;
}

async function makeReady({ before, image }, { env }) {
  before?.();
  // What is still to be written would be waited for by whoever calls fsync next, such as the daemon's database.
  spawnSync("sync", ["-f", work]);
  if (image) await removeImage(env.DOCKER_HOST, image);
}

/** What the chosen cases need of the bed. */
function bedParts() {
  const parts = new Set(["images"]);
  for (const { at } of chosen) {
    if (at === "container") parts.add("docker");
    if (at === "cluster") parts.add("kubernetes");
  }
  return parts;
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
  return `${cpus().length} cores (${arch()}), ${memory}, Linux ${release().split("-")[0]}, Node ${process.version}, Buildx ${buildx}, BuildKit v0.32.2, remote driver on a unix socket unless it says otherwise; ${values.runs} pairs, median (min–max).`;
}
