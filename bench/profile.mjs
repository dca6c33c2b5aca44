// `node bench/profile.mjs CASE [--peer]`: where the time of one line of the table goes. One run (after a warm-up,
// where the case has one) under the profilers of the client (V8's; of tsbx alone) and of the daemon (pprof, with Go).
import { execFileSync, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildPackages } from "../scripts/pnpm.mjs";
import { loadBed } from "../testbed/index.mjs";
import { cases } from "./cases.mjs";
import { openPlace, surroundings } from "./places.mjs";

const TOP = 25;
const DEBUG_ADDRESS = "127.0.0.1:16060";
const root = fileURLToPath(new URL("..", import.meta.url));
const work = join(root, ".cache", "bench-profile");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { peer: { type: "boolean", default: false }, seconds: { type: "string", default: "10" } },
});

await buildPackages();
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const bed = loadBed();
const [item] = cases(work).filter(({ name }) => name.includes(positionals[0] ?? ""));
const around = await surroundings(bed, work, DEBUG_ADDRESS);
const place = openPlace(item.at ?? "daemon", { ...around, bed, work });
try {
  const tool = values.peer ? [bed.tools.buildx] : [process.execPath, join(root, "packages/cli/dist/bin.js")];
  item.prepare?.();
  if (item.warmUp) await run([...tool, ...item.args]);
  item.before?.();
  const daemon = daemonProfile(join(work, "daemon.pprof"), Number(values.seconds));
  const begin = performance.now();
  const [program, ...args] = tool;
  const profiled = values.peer ? [] : ["--cpu-prof", `--cpu-prof-dir=${work}`];
  await run([program, ...profiled, ...args, ...item.args]);
  console.log(`${item.name}: ${((performance.now() - begin) / 1000).toFixed(2)} s\n`);
  if (!values.peer) console.log(`Client, by self time:\n${clientTop()}\n`);
  await daemon;
  const pprof = [
    "tool",
    "pprof",
    "-top",
    `-nodecount=${TOP}`,
    bed.tools.buildkitd,
    join(work, "daemon.pprof"),
  ];
  console.log(`Daemon, the first ${values.seconds} s:\n${execFileSync("go", pprof, { encoding: "utf8" })}`);
} finally {
  place.close();
  await around.stop();
}

/** @param {string[]} command */
function run([program, ...args]) {
  const child = spawn(program, args, { env: place.env, stdio: ["ignore", "inherit", "ignore"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(code) : reject(new Error(`exit code ${code}`))));
  });
}

/** @param {string} file @param {number} seconds */
async function daemonProfile(file, seconds) {
  const url = `http://${DEBUG_ADDRESS}/debug/pprof/profile?seconds=${seconds}`;
  const response = await new Promise((resolve, reject) => get(url, resolve).once("error", reject));
  await pipeline(response, createWriteStream(file));
}

function clientTop() {
  const name = readdirSync(work).find((file) => file.endsWith(".cpuprofile"));
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(work, name), "utf8"));
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  /** @type {Map<string, number>} */
  const self = new Map();
  for (const [index, id] of samples.entries()) {
    const { functionName, url, lineNumber } = byId.get(id);
    const label = `${functionName || "(anonymous)"} ${url.split("/").slice(-2).join("/")}:${lineNumber + 1}`;
    self.set(label, (self.get(label) ?? 0) + timeDeltas[index]);
  }
  return [...self]
    .sort((a, b) => b[1] - a[1])
    .slice(0, TOP)
    .map(([label, microseconds]) => `${(microseconds / 1000).toFixed(1).padStart(9)} ms  ${label}`)
    .join("\n");
}
