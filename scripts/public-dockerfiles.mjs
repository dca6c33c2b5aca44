// Compares what both tools make of Dockerfiles that others wrote: node scripts/public-dockerfiles.mjs FOLDER
// Each folder in FOLDER is a context with its Dockerfile. Both tools are asked for checks, outline and targets, and
// build it on the test bed's daemon with busybox for each image that the bed has not. The second must find in the
// cache what the first has built. Prints what differs; the exit code is 1 when something does. Keep such folders
// outside of this repository: nothing in them is ours.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { loadBed } from "../testbed/index.mjs";
import { buildPackages, root, run } from "./pnpm.mjs";

/** @typedef {"peer" | "tsbx"} Tool */
/** @typedef {{ code: number | null, stdout: string, stderr: string }} Outcome */

const QUESTIONS = [
  ["--check"],
  ["--call=check,format=json"],
  ["--call=outline"],
  ["--call=outline,format=json"],
  ["--call=targets"],
  ["--call=targets,format=json"],
];
const NOT_FOUND = /^ > \[internal\] load metadata for (\S+):$/gm;
/** Of a source in JSON: it has the session in it. */
const DEFINITION = / {6}"definition": \{\n(?: {8}.*\n)* {6}\},\n/g;
/** How often what differs is run again. */
const MOST_TRIES = 5;
const FRONTEND = "docker/dockerfile:1-labs";

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node scripts/public-dockerfiles.mjs FOLDER");
  process.exit(2);
}
await buildPackages();
const bed = loadBed(["tools", "buildkitd"]);
const home = mkdtempSync(join(tmpdir(), "tsbx-public-dockerfiles-"));
const env = {
  PATH: process.env.PATH,
  HOME: home,
  BUILDX_CONFIG: join(home, "buildx"),
  SOURCE_DATE_EPOCH: "0",
};
const tools = {
  peer: [bed.tools.buildx],
  tsbx: [process.execPath, join(root, "packages/cli/dist/bin.js")],
};

let differences = 0;
try {
  const create = ["create", "--name", "bed", "--use", "--driver", "remote", bed.buildkitd.unix];
  await run(bed.tools.buildx, create, { env });
  await compareAll(resolve(folder));
} finally {
  rmSync(home, { recursive: true });
}

/** @param {string} all */
async function compareAll(all) {
  const names = readdirSync(all).filter((name) => existsSync(join(all, name, "Dockerfile")));
  const count = { answers: 0, built: 0, failed: 0 };
  for (const name of names) {
    const context = join(all, name);
    const frontend = frontendFor(readFileSync(join(context, "Dockerfile"), "latin1"));
    const args = [...frontend, ...(await standIns(context, frontend))];
    for (const question of QUESTIONS) {
      await compare(`${name} ${question}`, (tool) => answer(tool, [...question, ...args], context));
      count.answers++;
    }
    const built = await compare(`${name} build`, (tool) => build(tool, args, context));
    if (built) count.built++;
    else count.failed++;
  }
  console.log(`\n${names.length} Dockerfiles: ${JSON.stringify({ ...count, differences })}`);
  if (differences > 0) process.exitCode = 1;
}

/**
 * Runs something with both tools, the peer first, and prints it where they differ each time: of several failures any
 * can be told, and some answers of the frontend have no order.
 * @param {string} what
 * @param {(tool: Tool) => Promise<{ code: number | null, ran?: string[] }>} run
 * @returns whether it succeeded
 */
async function compare(what, run) {
  for (let more = MOST_TRIES; ; more--) {
    const theirs = await run("peer");
    const ours = await run("tsbx");
    // Some steps are never found in the cache: those that run for the peer each time, too.
    if (theirs.ran) theirs.ran = ours.ran?.length ? (await run("peer")).ran : [];
    if (isDeepStrictEqual(theirs, ours)) return ours.code === 0;
    if (more > 1) continue;
    differences++;
    const [left, right] = [theirs, ours].map((each) => JSON.stringify(each, null, 2));
    console.log(`\n${what} differs\npeer: ${left}\ntsbx: ${right}`);
    return ours.code === 0;
  }
}

/**
 * The bed's frontend for Dockerfiles that ask for another version.
 * @param {string} dockerfile
 */
function frontendFor(dockerfile) {
  const syntax = /^#\s*syntax\s*=\s*(\S+)/im.exec(dockerfile)?.[1];
  return syntax && syntax !== "docker/dockerfile:1" ? [`--build-arg=BUILDKIT_SYNTAX=${FRONTEND}`] : [];
}

/**
 * A build context with busybox for each image that the bed has not: those that the peer does not find.
 * @param {string} context
 * @param {string[]} args
 */
async function standIns(context, args) {
  /** @type {string[]} */
  const found = [];
  for (;;) {
    const flags = found.map((image) => `--build-context=${image}=docker-image://busybox`);
    const { stderr } = await start("peer", ["--check", ...args, ...flags], context);
    const missing = [...stderr.matchAll(NOT_FOUND)]
      .map(([, image]) => image)
      .filter((image) => !found.includes(image));
    if (missing.length === 0) return flags;
    found.push(...missing);
  }
}

/**
 * @param {Tool} tool
 * @param {string[]} args
 * @param {string} context
 */
async function answer(tool, args, context) {
  const { code, stdout, stderr } = await start(tool, args, context);
  return { code, stdout: stdout.replaceAll(DEFINITION, ""), stderr: said(stderr) };
}

/**
 * @param {Tool} tool
 * @param {string[]} args
 * @param {string} context
 */
async function build(tool, args, context) {
  const metadata = join(home, `${tool}.json`);
  rmSync(metadata, { force: true });
  const own = [
    ...["--output=type=image,rewrite-timestamp=true", "--provenance=false", "--network=none"],
    `--metadata-file=${metadata}`,
  ];
  const { code, stderr } = await start(tool, [...own, ...args], context);
  const digest = existsSync(metadata)
    ? JSON.parse(readFileSync(metadata, "utf8"))["containerimage.digest"]
    : undefined;
  return { code, digest, stderr: said(stderr), ran: code === 0 ? ran(stderr) : [] };
}

/**
 * What a tool says besides the progress: without what tsbx alone says, the output of steps that failed, and what is
 * another each time.
 * @param {string} stderr
 */
function said(stderr) {
  const lines = stderr
    .replace(/^------\n > .*\n(?:(?!------\n).*\n)*------\n/gm, "")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the peer writes colours into files, too.
    .replace(/\u001b\[\d+m/g, "")
    .replace("use docker --debug", "use --debug")
    .replace(/ of ref \S+:/g, " of ref REF:")
    .split("\n")
    .filter((line) => !/^(#\d+ |Builder bed |Kept image |HINT: |$)/.test(line));
  const isWarning = (/** @type {string} */ line) => line.startsWith(" - ");
  // The frontend sends them in any order.
  return [...lines.filter(isWarning).sort(), ...lines.filter((line) => !isWarning(line))];
}

/**
 * The Dockerfile's steps that were not found in the cache.
 * @param {string} stderr
 */
function ran(stderr) {
  const names = new Map([...stderr.matchAll(/^#(\d+) (\[.*)$/gm)].map(([, number, name]) => [number, name]));
  return [...stderr.matchAll(/^#(\d+) DONE/gm)]
    .map(([, number]) => names.get(number) ?? "")
    .filter((name) => /\d+\/\d+\]/.test(name) && !/\] FROM /.test(name));
}

/**
 * @param {Tool} tool
 * @param {string[]} args
 * @param {string} context
 * @returns {Promise<Outcome>}
 */
function start(tool, args, context) {
  const [program, ...prefix] = tools[tool];
  return new Promise((done, reject) => {
    const child = spawn(program, [...prefix, "build", "--progress=plain", ...args, context], { env });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("latin1").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.once("error", reject);
    child.once("close", (code) => done({ code, stdout, stderr }));
  });
}
