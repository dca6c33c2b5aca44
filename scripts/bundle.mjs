// `node ../../scripts/bundle.mjs` in a package: few files that load fast, in `dist`. One for each entry of its
// `exports` and `bin`, and one for what is imported on demand. Inlined is what is only a development dependency;
// the licences of that go along, in `dist/licenses.txt`.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { rolldown } from "rolldown";

const SOURCE = "@tsbx/source";
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const installed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });

/** @type {Record<string, string>} */
const input = {};
for (const entry of Object.values(manifest.exports)) {
  if (entry[SOURCE]) input[outputName(entry.default)] = entry[SOURCE];
}
for (const program of Object.values(manifest.bin ?? {})) {
  input[outputName(program)] = program.replace("/dist/", "/src/").replace(/js$/, "ts");
}

const bundle = await rolldown({
  input,
  platform: "node",
  external: (id) => installed.some((name) => id === name || id.startsWith(`${name}/`)),
  resolve: { conditionNames: [SOURCE, "import", "node", "default"] },
});
const { output } = await bundle.generate({ dir: "dist", format: "esm", chunkFileNames: "chunks/[name].js" });
await bundle.close();

/** @type {Map<string, string>} */
const files = new Map();
/** @type {Set<string>} */
const inlined = new Set();
for (const chunk of output) {
  if (chunk.type !== "chunk") throw new Error(`nothing but code is expected, not ${chunk.fileName}`);
  files.set(join("dist", chunk.fileName), chunk.code);
  for (const id of chunk.moduleIds) if (id.includes(`${sep}node_modules${sep}`)) inlined.add(packageOf(id));
}
if (inlined.size > 0) files.set(join("dist", "licenses.txt"), [...inlined].sort().map(license).join("\n"));
write(files);

/** @param {string} path of a file in `dist` */
function outputName(path) {
  return path.replace(/^\.\/dist\//, "").replace(/\.js$/, "");
}

/** @param {string} module */
function packageOf(module) {
  let directory = dirname(module);
  while (!existsSync(join(directory, "package.json")) || !manifestOf(directory).name) {
    directory = dirname(directory);
  }
  return directory;
}

/** @param {string} directory */
function manifestOf(directory) {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
}

/** @param {string} directory */
function license(directory) {
  const { name, version, license } = manifestOf(directory);
  const text = readdirSync(directory).find((file) => /^licen[cs]e/i.test(file));
  const lines = [`${name} ${version}: ${license}`, ""];
  if (text) lines.push(readFileSync(join(directory, text), "utf8"));
  return lines.join("\n");
}

/**
 * Leaves files alone that are right already: a process may be running them.
 * @param {ReadonlyMap<string, string>} files
 */
function write(files) {
  for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !/\.d\.ts$|\.tsbuildinfo$/.test(path) && !files.has(path)) rmSync(path);
  }
  for (const [path, text] of files) {
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
