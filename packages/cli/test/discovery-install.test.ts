import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { expect, it } from "vitest";
import { install, installEnv, tarball, withOwnDependencies } from "../../../scripts/pack.mjs";
import { type Outcome, run } from "./support/process.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const { buildkitd } = loadBed();

/** Runs a command that ends in tsbx's, with a home and a store of its own. */
function tsbx(project: string, command: readonly string[], args: readonly string[]): Promise<Outcome> {
  const [program = "", ...rest] = command;
  const env = {
    ...installEnv(),
    BUILDX_CONFIG: join(project, "store"),
    DOCKER_CONFIG: join(project, "docker"),
    XDG_STATE_HOME: join(project, "state"),
    BUILDKIT_HOST: buildkitd.unix,
    // npx keeps what it installs in there.
    npm_config_cache: join(project, "npm-cache"),
    npm_config_loglevel: "error",
  };
  return run(program, [...rest, ...args], { cwd: project, env });
}

/** What is installed is offered, it builds, and of what is not the error says how to install it. */
async function expectOffered(
  project: string,
  command: readonly string[],
  drivers: readonly string[],
  hint: string,
): Promise<void> {
  const list = await tsbx(project, command, ["drivers", "--format", "{{.Name}}{{.Error}}"]);
  expect(list.stderr).toBe("");
  expect(list.stdout.trim().split("\n")).toEqual(drivers);

  writeTree(join(project, "context"), { Dockerfile: "FROM scratch\nCOPY file /\n", file: "file\n" });
  const build = await tsbx(project, command, ["build", "--output", "type=tar,dest=out.tar", "context"]);
  expect([build.code, build.stderr]).toEqual([0, expect.stringContaining("[1/1] COPY file /")]);

  const missing = await tsbx(project, command, ["create", "--driver", "kubernetes"]);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toBe(
    `ERROR: driver kubernetes is not installed (installed: ${drivers.join(", ")})\nHINT: Install it: ${hint}\n`,
  );
}

/** Installs packages that cannot be used: each is an error of its own, and the drivers beside them work. */
async function expectOthersSpared(project: string, command: readonly string[]): Promise<void> {
  const broken = [
    ["tsbx-driver-throws", "throws", 1, "throw new Error('broken inside');"],
    ["tsbx-driver-newer", "newer", 2, "export default {};"],
    ["@acme/tsbx-driver-docker", "docker", 1, "export default {};"],
  ] as const;
  for (const [name, driver, contract, code] of broken) {
    const manifest = { name, version: "1.0.0", type: "module", exports: "./index.js" };
    writeTree(join(project, "node_modules", name), {
      "package.json": JSON.stringify({ ...manifest, tsbx: { driver, contract } }),
      "index.js": code,
    });
  }
  const problems = {
    throws: "cannot load driver throws of package tsbx-driver-throws: broken inside",
    newer:
      "driver newer of package tsbx-driver-newer is made for driver contract 2, this tsbx has 1\n" +
      "HINT: Update the older one: npm install @tsbx/cli@latest",
    docker:
      `several packages provide driver docker: @acme/tsbx-driver-docker in ${project}/node_modules/@acme/tsbx-driver-docker` +
      ` and @tsbx/driver-docker in ${project}/node_modules/@tsbx/driver-docker\n` +
      "HINT: Uninstall all of them but one.",
  };
  const list = await tsbx(project, command, ["drivers", "--format", "{{.Name}}: {{.Error}}"]);
  expect([list.code, list.stderr]).toEqual([0, ""]);
  const lines = list.stdout.trim().split("\n");
  for (const [name, problem] of Object.entries(problems)) {
    expect(lines).toContain(`${name}: ${problem.split("\n")[0]}`);
    const create = await tsbx(project, command, ["create", "--driver", name, "--name", "mine"]);
    expect([create.code, create.stderr]).toEqual([1, expect.stringContaining(`ERROR: ${problem}`)]);
  }
  expect(lines).toContain("remote: ");

  const created = await tsbx(project, command, [
    ...["create", "--name", "good", "--driver", "remote", "--use", buildkitd.unix],
  ]);
  expect(created.code).toBe(0);
  const builders = await tsbx(project, command, ["ls"]);
  expect([builders.code, builders.stdout]).toEqual([0, expect.stringMatching(/^good\*.*\n.*running/m)]);
  expect(builders.stderr).toContain(`WARNING: ${problems.docker.split("\n")[0]}`);
  const build = await tsbx(project, command, ["build", "--output", "type=tar,dest=out.tar", "context"]);
  expect([build.code, build.stderr]).toEqual([0, expect.stringContaining("[1/1] COPY file /")]);
}

it("by npm, into a project", async () => {
  const project = join(await workspace(), "project");
  await install("npm", project, withOwnDependencies(["cli", "driver-docker", "driver-remote"]));
  const hint = "npm install @tsbx/driver-kubernetes";
  const command = [join(project, "node_modules/.bin/tsbx")];
  await expectOffered(project, command, ["docker", "remote"], hint);
  await expectOthersSpared(project, command);
});

it("by pnpm, into a project", async () => {
  const project = join(await workspace(), "project");
  await install("pnpm", project, withOwnDependencies(["cli", "driver-remote"]));
  const hint = "pnpm add @tsbx/driver-kubernetes";
  await expectOffered(project, [join(project, "node_modules/.bin/tsbx")], ["remote"], hint);
});

it("by npx, into nothing", async () => {
  const project = join(await workspace(), "empty");
  await mkdir(project);
  const files = await Promise.all(withOwnDependencies(["cli", "driver-remote"]).map(tarball));
  const packages = files.flatMap((file) => ["-p", file]);
  const hint = "npx -p @tsbx/cli -p @tsbx/driver-kubernetes tsbx ...";
  await expectOffered(project, ["npx", "--yes", ...packages, "tsbx"], ["remote"], hint);
});
