import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InstalledDrivers } from "./drivers.ts";
import { OWN_DRIVERS } from "./own-drivers.ts";
import { searchPlaces } from "./places.ts";
import { scanDrivers } from "./scan.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tsbx-discovery-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const MEMBERS = `contractVersion: 1, summary: "s", options: {}, endpoint: { required: false, doc: "" }, capabilities: {},
  connect() {}`;
const driverCode = (name: string) => `export default { name: ${JSON.stringify(name)}, ${MEMBERS} };`;

interface Fake {
  driver?: string;
  contract?: number;
  code?: string;
  manifest?: object;
}

/** Installs a package at `path` under the root, with its driver in `index.js`. */
async function install(path: string, fake: Fake): Promise<string> {
  const { driver = "x", contract = 1, code = driverCode(driver), manifest } = fake;
  const directory = join(root, path);
  const name = path.split("node_modules/").at(-1);
  const tsbx = { driver, contract };
  await mkdir(directory, { recursive: true });
  await writeFile(
    join(directory, "package.json"),
    JSON.stringify({ name, type: "module", exports: "./index.js", tsbx, ...manifest }),
  );
  await writeFile(join(directory, "index.js"), code);
  return directory;
}

async function discover(cwd = "project", env: Record<string, string> = {}): Promise<InstalledDrivers> {
  const places = searchPlaces({
    env: { npm_config_prefix: join(root, "global"), ...env },
    cwd: join(root, cwd),
    cliDir: join(root, "cli/node_modules/@tsbx/cli/dist"),
    execPath: join(root, "bin/node"),
  });
  return new InstalledDrivers(await scanDrivers(places), (name) => `npm install ${name}`);
}

describe("discovery", () => {
  it("finds packages by name in the project, above it, beside the CLI and in the global prefix", async () => {
    await install("project/node_modules/@tsbx/driver-a", { driver: "a" });
    await install("node_modules/tsbx-driver-b", { driver: "b" });
    await install("cli/node_modules/@scope/tsbx-driver-c", { driver: "c" });
    await install("global/lib/node_modules/@tsbx/driver-d", { driver: "d" });
    await install("project/node_modules/some-driver-e", { driver: "e" });
    await install("project/node_modules/@scope/driver-f", { driver: "f" });
    await install("project/node_modules/@tsbx/driver-none", { manifest: { tsbx: undefined } });
    const drivers = await discover("project/src/deep");
    expect(drivers.names()).toEqual(["a", "b", "c", "d"]);
    for (const name of drivers.names()) expect((await drivers.load(name)).name).toBe(name);
  });

  it("takes package directories of TSBX_DRIVERS, whatever their names", async () => {
    const one = await install("elsewhere/one", { driver: "one" });
    await install("project/two", { driver: "two" });
    const drivers = await discover("project", { TSBX_DRIVERS: [one, "two"].join(delimiter) });
    expect(drivers.names()).toEqual(["one", "two"]);
  });

  it("prefers the nearer of two copies of one package", async () => {
    await install("node_modules/tsbx-driver-x", { code: "throw new Error('far')" });
    await install("project/node_modules/tsbx-driver-x", {});
    expect((await (await discover()).load("x")).name).toBe("x");
  });

  it("imports a linked package by its real path, so that it finds its own dependencies", async () => {
    const real = await install("store/tsbx-driver-x", {
      code: `import { name } from "dependency"; export default { name, ${MEMBERS} };`,
    });
    await install("store/node_modules/dependency", { code: `export const name = "x";` });
    await mkdir(join(root, "project/node_modules"), { recursive: true });
    await symlink(real, join(root, "project/node_modules/tsbx-driver-x"), "junction");
    expect((await (await discover()).load("x")).name).toBe("x");
  });

  it.each([
    ["no exports", { exports: undefined }],
    ["main", { exports: undefined, main: "index.js" }],
    ["a subpath", { exports: { ".": "./index.js", "./other": "./missing.js" } }],
    [
      "conditions",
      { exports: { "@tsbx/source": "./missing.ts", types: "./missing.d.ts", default: "./index.js" } },
    ],
    ["nested conditions", { exports: { ".": { browser: "./missing.js", node: { import: "./index.js" } } } }],
    ["alternatives", { exports: [{ browser: "./missing.js" }, "./index.js"] }],
  ])("resolves an entry with %s", async (_, manifest) => {
    await install("project/node_modules/tsbx-driver-x", { manifest });
    expect((await (await discover()).load("x")).name).toBe("x");
  });

  it("imports nothing before a driver is loaded, and a broken one spoils no other", async () => {
    await install("project/node_modules/tsbx-driver-bad", {
      driver: "bad",
      code: "throw new Error('out of order');",
    });
    await install("project/node_modules/tsbx-driver-good", { driver: "good" });
    const drivers = await discover();
    await expect(drivers.load("bad")).rejects.toMatchObject({
      code: "DRIVER_BROKEN",
      message: "cannot load driver bad of package tsbx-driver-bad: out of order",
    });
    expect((await drivers.load("good")).name).toBe("good");
  });

  it.each<[string, Fake, string, RegExp]>([
    [
      "another contract",
      { contract: 2 },
      "DRIVER_CONTRACT",
      /is made for driver contract 2, this tsbx has 1$/,
    ],
    [
      "no driver inside",
      { code: "export default 7;" },
      "DRIVER_BROKEN",
      /the default export is not an object$/,
    ],
    ["another name inside", { code: driverCode("y") }, "DRIVER_BROKEN", /named y, its package.json says x$/],
    [
      "no entry",
      { manifest: { exports: { "./sub": "./index.js" } } },
      "DRIVER_BROKEN",
      /exports nothing to import$/,
    ],
  ])("refuses a package with %s", async (_, fake, code, message) => {
    await install("project/node_modules/tsbx-driver-x", fake);
    await expect((await discover()).load("x")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("loads for an optional part only what has it, or does not say", async () => {
    const tsbx = { driver: "said", contract: 1, provides: ["builders"] };
    await install("project/node_modules/tsbx-driver-said", { driver: "said", manifest: { tsbx } });
    await install("project/node_modules/tsbx-driver-silent", { driver: "silent" });
    const drivers = await discover();
    expect(drivers.providers("builders")).toEqual(["said", "silent"]);
    expect(drivers.providers("imageStore")).toEqual(["silent"]);
  });

  it("refuses a driver that has more parts than its package says", async () => {
    const code = driverCode("x").replace("connect()", "async builders() { return []; }, connect()");
    const tsbx = { driver: "x", contract: 1, provides: ["imageStore"] };
    await install("project/node_modules/tsbx-driver-x", { code, manifest: { tsbx } });
    await expect((await discover()).load("x")).rejects.toMatchObject({
      code: "DRIVER_BROKEN",
      message: expect.stringMatching(
        /it has builders, which "tsbx.provides" of its package.json does not name$/,
      ),
    });
  });

  it("refuses two packages with one driver, and names both", async () => {
    const one = await install("project/node_modules/tsbx-driver-x", {});
    const two = await install("project/node_modules/@scope/tsbx-driver-x", {});
    await expect((await discover()).load("x")).rejects.toMatchObject({
      code: "DRIVER_AMBIGUOUS",
      message: `several packages provide driver x: @scope/tsbx-driver-x in ${two} and tsbx-driver-x in ${one}`,
    });
  });

  it.each([
    ["remote", "Install it: npm install @tsbx/driver-remote"],
    ["xs", "Did you mean x?"],
    ["kubernets", "Did you mean kubernetes? Install it: npm install @tsbx/driver-kubernetes"],
    ["podman", "Install the package that provides it (tsbx-driver-podman, or of that name in a scope)."],
  ])("says how to get what is missing: %s", async (name, hint) => {
    await install("project/node_modules/tsbx-driver-x", {});
    await expect((await discover()).load(name)).rejects.toMatchObject({
      code: "DRIVER_NOT_INSTALLED",
      message: `driver ${name} is not installed (installed: x)`,
      hint,
    });
  });

  it("knows by name all drivers that are packages of ours", async () => {
    const packages = await readdir(join(import.meta.dirname, "../../.."));
    const drivers = packages.flatMap((name) => /^driver-(?!testkit$)(.*)/.exec(name)?.[1] ?? []);
    expect(OWN_DRIVERS).toEqual(drivers.sort());
  });
});
