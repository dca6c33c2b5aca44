// Writes what `tsbx drivers` knows into the docs: the matrix into README.md, options and capabilities into
// docs/drivers/, and what the compatibility tests compare into docs/compatibility.md. With --check it writes nothing and fails when what is checked in is not current.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CASES } from "../packages/cli/test/compatibility/cases.mjs";
import { FAILURES } from "../packages/cli/test/compatibility/failures.mjs";
import { buildPackages, root } from "./pnpm.mjs";

/** @typedef {{ Title: string, Value: string }} Capability */
/** @typedef {{ Form: string, Default: string, Doc: string }} Option */
/** @typedef {{ Name: string, Endpoint: { Doc: string, Required: boolean, Implicit: boolean }, Capabilities: Capability[], Options: Option[] }} Driver */

await buildPackages();
const output = execFileSync(
  process.execPath,
  [join(root, "packages/cli/dist/bin.js"), "drivers", "--format", "json"],
  { cwd: root, encoding: "utf8", env: { ...process.env, TSBX_DRIVERS: "" } },
);
/** @type {Driver[]} */
const drivers = output
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

update("README.md", "matrix", matrix());
for (const driver of drivers) {
  const page = `docs/drivers/${driver.Name}.md`;
  update(page, "capabilities", capabilities(driver));
  update(page, "options", options(driver));
}

update("docs/compatibility.md", "flags", compatibility());
update("docs/compatibility.md", "failures", failures());

function compatibility() {
  const rows = CASES.map(({ flag, args, contexts = ["context"], env = {}, stdin, differs, exits }) => {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${shellWord(value)}`);
    const words = [...variables, "build", ...[...args, ...contexts].map(shellWord)];
    const command = `${words.join(" ")}${stdin === undefined ? "" : " < Dockerfile"}`;
    const result = differs ? `${differs}${exits === undefined ? "" : ` (exit code ${exits})`}` : "same";
    return [`\`${flag}\``, `\`${command}\``, result];
  });
  return table(["about", "command line", "result"], rows);
}

function failures() {
  const rows = FAILURES.map(({ args, differs = "same" }) => [
    `\`${args.map(shellWord).join(" ")}\``,
    differs,
  ]);
  return table(["command line", "message"], rows);
}

/** @param {string} word */
function shellWord(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`;
}

function matrix() {
  const names = drivers.map(({ Name }) => `[${Name}](docs/drivers/${Name}.md)`);
  const rows = drivers[0].Capabilities.map(({ Title }, index) => [
    Title,
    ...drivers.map(({ Capabilities }) => Capabilities[index].Value),
  ]);
  return table(["", ...names], rows);
}

/** @param {Driver} driver */
function capabilities({ Capabilities }) {
  return table(
    ["capability", ""],
    Capabilities.map(({ Title, Value }) => [Title, Value]),
  );
}

/** @param {Driver} driver */
function options({ Options }) {
  if (Options.length === 0) return "This driver has no options.";
  const rows = Options.map(({ Form, Default, Doc }) => [`\`${Form}\``, Default && `\`${Default}\``, Doc]);
  return table(["option", "default", "what it does"], rows);
}

/**
 * @param {string[]} heads
 * @param {string[][]} rows
 */
function table(heads, rows) {
  const lines = [heads, heads.map(() => "---"), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

/**
 * Puts text between the marks `<!-- NAME -->` and `<!-- /NAME -->` of a file.
 * @param {string} file
 * @param {string} name
 * @param {string} text
 */
function update(file, name, text) {
  const path = join(root, file);
  const old = readFileSync(path, "utf8");
  const [start, end] = [`<!-- ${name}: scripts/generate-docs.mjs -->`, `<!-- /${name} -->`];
  const [before, rest] = old.split(start);
  if (rest === undefined || !rest.includes(end)) throw new Error(`${file} has no place for ${name}`);
  const current = `${before}${start}\n${text}\n${end}${rest.slice(rest.indexOf(end) + end.length)}`;
  if (current === old) return;
  if (!process.argv.includes("--check")) {
    writeFileSync(path, current);
    return;
  }
  console.error(`${file}: ${name} is not current: run node scripts/generate-docs.mjs`);
  process.exitCode = 1;
}
