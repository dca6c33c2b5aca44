import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { tsbx } from "./support/client.ts";
import { succeed } from "./support/process.ts";
import { workspace } from "./support/workspace.ts";

const NAMES = ["buildkitd", "docker", "docker-container", "kubernetes", "remote"];
const none = { name: "none", node: "", env: { COLUMNS: "80" } };

it("lists what is installed, and the matrix in 80 columns", async () => {
  const { stdout } = await (await tsbx(await workspace(), none)).succeed(["drivers"]);
  const [table = "", matrix = ""] = stdout.split("\n\n");
  expect(table.split("\n").map((line) => line.split(" ")[0])).toEqual(["NAME", ...NAMES]);
  expect(matrix.split("\n")[0]!.trim().split(/ +/)).toEqual(NAMES);
  expect(Math.max(...matrix.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});

it("shows all about one", async () => {
  const client = await tsbx(await workspace(), none);
  const { stdout } = await client.succeed(["drivers", "docker-container"]);
  expect(stdout).toMatch(/^Package: +@tsbx\/driver-docker-container \d/m);
  expect(stdout).toMatch(/^ memory=STRING\n {5}The memory that the container may use\.$/m);
  expect(stdout).toMatch(/^ Cache export: +all$/m);
});

it("as JSON and by a template", async () => {
  const client = await tsbx(await workspace(), none);
  const { stdout } = await client.succeed(["drivers", "--format", "json"]);
  const records = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(records.map(({ Name }) => Name)).toEqual(NAMES);
  expect(records[4].Options).toContainEqual({ Form: "cert=PATH", Default: "", Doc: expect.any(String) });
  const names = await client.succeed(["drivers", "--format", "{{.Name}} {{.Contract}}"]);
  expect(names.stdout).toBe(NAMES.map((name) => `${name} 1\n`).join(""));
});

it("says what the tables of README.md and docs/drivers say", async () => {
  const root = resolve(import.meta.dirname, "../../..");
  const check = [join(root, "scripts/generate-docs.mjs"), "--check"];
  // Fails with the names of the tables that are not those of the installed drivers.
  await succeed(process.execPath, check, { cwd: root, env: { PATH: process.env.PATH ?? "" } });
  const readme = await readFile(join(root, "README.md"), "utf8");
  for (const name of NAMES) expect(readme).toContain(`[${name}](docs/drivers/${name}.md) |`);
});

it("shows what cannot be loaded as such, and refuses what is not installed", async () => {
  const directory = await workspace();
  const packages = [];
  for (const [name, contract, source] of [
    ["throws", 1, 'throw new Error("broken inside");'],
    ["newer", 2, "export default {};"],
  ] as const) {
    const home = join(directory, name);
    await mkdir(home);
    const manifest = { name: `driver-${name}`, version: "9.8.7", type: "module", exports: "./index.js" };
    await writeFile(
      join(home, "package.json"),
      JSON.stringify({ ...manifest, tsbx: { driver: name, contract } }),
    );
    await writeFile(join(home, "index.js"), source);
    packages.push(home);
  }
  packages.push(resolve(import.meta.dirname, "../../driver-remote"));
  const client = await tsbx(directory, { ...none, env: { TSBX_DRIVERS: packages.join(":") } });
  const { stdout } = await client.succeed(["drivers"]);
  expect(stdout).toMatch(/^throws +9\.8\.7 +cannot be loaded: .*broken inside/m);
  expect(stdout).toMatch(/^newer +9\.8\.7 +cannot be loaded: .*contract 2, this tsbx has 1/m);
  expect(stdout).toMatch(/^remote +\d/m);
  expect(stdout).toMatch(/\n\n.* remote\n/);
  const { code, stderr } = await client.run(["drivers", "nosuch"]);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(
      /^ERROR: driver nosuch is not installed .*\nHINT: .* package that provides it \(tsbx-driver-nosuch,/,
    ),
  ]);
});
