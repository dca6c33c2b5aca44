// `npm test`: sets everything up, runs every test, and closes with one line that counts them all.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { exitCodeOf, root, run, setUp } from "./pnpm.mjs";

const results = join(root, ".cache", "test");
const inCi = process.env.CI === "true";
/** @typedef {{ passed: number, failed: number, skipped: string[] }} Count */

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
await setUp();
const wasUp = existsSync(join(root, ".bed", "bed.json"));
await run("node", ["testbed/bed.mjs", "up"]);
/** @type {Count[]} */
let counts = [];
try {
  counts = [await bedTests(), await vitest("unit"), await vitest("bed")];
} finally {
  if (!wasUp) await run("node", ["testbed/bed.mjs", "down"]);
}

const skipped = counts.flatMap((count) => count.skipped);
for (const name of skipped) console.log(`skipped: ${name}`);
const passed = sum(counts.map((count) => count.passed));
let failed = sum(counts.map((count) => count.failed));
if (inCi && skipped.length > 0) {
  console.log("In CI every server is there, so a skipped test counts as a failed one.");
  failed += skipped.length;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

/** The test bed's own tests, which need nothing installed. */
async function bedTests() {
  const tap = join(results, "testbed.tap");
  const reporters = ["--test-reporter=dot", "--test-reporter-destination=stdout"];
  reporters.push("--test-reporter=tap", `--test-reporter-destination=${tap}`);
  const code = await exitCodeOf("node", ["--test", ...reporters, "testbed/test/"]);
  const text = existsSync(tap) ? readFileSync(tap, "utf8") : "";
  const number = (/** @type {string} */ key) =>
    Number(new RegExp(`^# ${key} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
  const failed = number("fail") + number("cancelled");
  const names = [...text.matchAll(/^\s*ok \d+ - (.*) # SKIP/gm)].map(([, name]) => `testbed: ${name}`);
  return { passed: number("pass"), failed: failed || (code === 0 ? 0 : 1), skipped: names };
}

/** @param {string} project */
async function vitest(project) {
  const file = join(results, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const code = await exitCodeOf("vitest", ["run", "--project", project, ...reporters]);
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: [] };
  const report = JSON.parse(readFileSync(file, "utf8"));
  const tests = report.testResults.flatMap((suite) => suite.assertionResults);
  const skipped = tests.filter(({ status }) => ["skipped", "pending", "todo"].includes(status));
  // A file that fails to load has no tests in it, and errors outside tests are in none.
  const broken = report.testResults.filter(
    (suite) => suite.status === "failed" && suite.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + broken.length;
  return {
    passed: report.numPassedTests,
    failed: failed || (code === 0 ? 0 : 1),
    skipped: skipped.map(({ fullName }) => `${project}: ${fullName}`),
  };
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
