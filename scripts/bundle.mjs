// `node ../../scripts/bundle.mjs` in a package: few files that load fast, in `dist`. One for each entry of its
// `exports` and `bin`, one for what is imported on demand, and few for what those share:
//   --first MODULE   with all that it imports is one file: what every run needs (several times: together)
//   --often MODULE   what it shares with others is one file: what most runs need (several times: together)
// Inlined is what is only a development dependency; the licences of that go along, in `dist/licenses.txt`.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";

const SOURCE = "@tsbx/source";
const { values } = parseArgs({
  options: {
    first: { type: "string", multiple: true, default: [] },
    often: { type: "string", multiple: true, default: [] },
  },
});
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

const entries = new Set(Object.values(input).map((path) => resolve(path)));

const bundle = await rolldown({
  input,
  platform: "node",
  external: (id) => installed.some((name) => id === name || id.startsWith(`${name}/`)),
  resolve: { conditionNames: [SOURCE, "import", "node", "default"] },
});
const { output } = await bundle.generate({
  dir: "dist",
  format: "esm",
  comments: { legal: true, annotation: true, jsdoc: false },
  chunkFileNames: "chunks/[name].js",
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [
      { ...neededBy("first", values.first), priority: 2 },
      { ...neededBy("shared", values.often), priority: 1, minShareCount: 2 },
    ],
  },
  plugins: [{ name: "builtins", renderChunk: (code) => withBuiltinsAtHand(code) }],
});
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

/**
 * A chunk of what modules import at once, themselves included.
 * @param {string} debugName
 * @param {string[]} roots
 */
function neededBy(debugName, roots) {
  /** @type {Set<string> | undefined} */
  let found;
  /** @param {string} id @param {import("rolldown").ChunkingContext} modules */
  const name = (id, modules) => {
    if (!found) {
      found = new Set(roots.map((path) => resolve(path)));
      for (const each of found)
        for (const imported of modules.getModuleInfo(each)?.importedIds ?? []) found.add(imported);
    }
    return found.has(id) && !entries.has(id) ? debugName : null;
  };
  return { name, debugName };
}

/**
 * Imports of Node's own modules, as the calls that they are: for an import Node makes a module that has all that the
 * builtin exports, and runs each getter among that. On Node 24 that is a fifth of a short command's time.
 * @param {string} code a chunk
 */
function withBuiltinsAtHand(code) {
  return code.replaceAll(
    /^import (?:\* as (\w+)|(\w+)?(?:, )?(?:\{([^}]+)\})?) from "(node:[^"]+)";$/gm,
    (_, all, byDefault, names, module) => {
      const bindings = [all, byDefault, names && `{${names.replaceAll(" as ", ": ")}}`].filter(Boolean);
      return bindings.map((each) => `const ${each} = process.getBuiltinModule("${module}");`).join("\n");
    },
  );
}

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
