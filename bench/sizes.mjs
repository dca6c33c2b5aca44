// `node bench/sizes.mjs [--record]`: what each package weighs once installed, with all that it needs, and how long
// it takes to start. Fails when the command with the docker driver is 6 MB or more. --record adds the table to
// bench/RESULTS.md.
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installedSize } from "../scripts/installed-size.mjs";
import { install, withOwnDependencies } from "../scripts/pack.mjs";

const LIMIT = 6_000_000;
const RUNS = 11;
const SETS = [
  { name: "core (the SDK)", packages: ["core"], start: imports("@tsbx/core") },
  { name: "cli", packages: ["cli"], start: ["node_modules/.bin/tsbx", "version"] },
  ...["docker", "docker-container", "remote", "buildkitd", "kubernetes"].map((driver) => ({
    name: `cli, driver-${driver}`,
    packages: ["cli", `driver-${driver}`],
    start: imports(`@tsbx/driver-${driver}`),
  })),
  { name: "driver-testkit", packages: ["driver-testkit"], start: imports("@tsbx/driver-testkit") },
];

const directory = mkdtempSync(join(tmpdir(), "tsbx-sizes-"));
const rows = [];
try {
  for (const [index, { name, packages, start }] of SETS.entries()) {
    const project = join(directory, String(index));
    await install("npm", project, withOwnDependencies(packages));
    const { bytes, files } = installedSize(join(project, "node_modules"));
    rows.push({ name, bytes, files, start: startTime(project, start) });
  }
  const table = [
    "| installed | MB on disk | files | start, ms over `node -e 0` |",
    "|---|---|---|---|",
    ...rows.map(
      ({ name, bytes, files, start }) => `| ${name} | ${megabytes(bytes)} | ${files} | ${start.toFixed(0)} |`,
    ),
  ].join("\n");
  console.log(table);
  if (process.argv.includes("--record")) record(table);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
const withDocker = rows.find(({ name }) => name === "cli, driver-docker");
if (withDocker.bytes >= LIMIT) {
  console.error(
    `the command with the docker driver is ${megabytes(withDocker.bytes)} MB, not under ${LIMIT / 1e6}`,
  );
  process.exitCode = 1;
}

/** @param {string} name */
function imports(name) {
  return [process.execPath, "--input-type=module", "-e", `import ${JSON.stringify(name)}`];
}

/**
 * What a command takes more than `node -e 0`, run in turn with it: the difference of the medians, in milliseconds.
 * @param {string} cwd
 * @param {string[]} command
 */
function startTime(cwd, command) {
  /** @type {[bare: number[], command: number[]]} */
  const times = [[], []];
  for (let run = 0; run < RUNS; run++) {
    times[0].push(elapsed(cwd, [process.execPath, "-e", "0"]));
    times[1].push(elapsed(cwd, command));
  }
  const [bare, ours] = times.map((list) => list.sort((a, b) => a - b)[(RUNS - 1) / 2]);
  return ours - bare;
}

/**
 * @param {string} cwd
 * @param {string[]} command
 */
function elapsed(cwd, [program, ...args]) {
  const begin = performance.now();
  execFileSync(program, args, { cwd, stdio: "ignore" });
  return performance.now() - begin;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}

/**
 * @param {string} table
 * @param {number} bare
 */
function record(table) {
  const results = fileURLToPath(new URL("RESULTS.md", import.meta.url));
  const day = new Date().toISOString().slice(0, 10);
  const about = `Node ${process.versions.node}; medians of ${RUNS}.`;
  appendFileSync(results, `\n## Sizes and start-up, ${day}\n\n${about}\n\n${table}\n`);
}
