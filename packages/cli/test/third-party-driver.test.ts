import { cp, readFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { expect, it } from "vitest";
import { install, installEnv, withOwnDependencies } from "../../../scripts/pack.mjs";
import { run } from "./support/process.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const EXAMPLE = resolve(import.meta.dirname, "../../../examples/third-party-driver");
const { tools, buildkitd } = loadBed();
const COMMAND = `buildctl --addr ${buildkitd.unix} dial-stdio`;

it("the example of docs/writing-a-driver.md passes the conformance suite, and tsbx builds with it", async () => {
  const source = await readFile(join(EXAMPLE, "index.js"), "utf8");
  expect(source.split("\n").length).toBeLessThan(150);

  const project = join(await workspace(), "project");
  await install("npm", project, withOwnDependencies(["cli", "driver-testkit"]));
  const driver = join(project, "node_modules/tsbx-driver-command");
  await cp(EXAMPLE, driver, { recursive: true });
  const env = {
    ...installEnv(),
    PATH: [dirname(tools.buildctl), installEnv().PATH].join(delimiter),
    BUILDKIT_COMMAND: COMMAND,
    BUILDX_CONFIG: join(project, "store"),
    DOCKER_CONFIG: join(project, "docker"),
  };
  const suite = await run(process.execPath, ["--test", "conformance.test.js"], { cwd: driver, env });
  expect([suite.code, suite.stdout]).toEqual([0, expect.stringMatching(/^(# |ℹ )pass [1-9]\d/m)]);

  const tsbx = (...args: string[]) =>
    run(join(project, "node_modules/.bin/tsbx"), args, { cwd: project, env });
  const create = ["--name", "mine", "--driver", "command", "--use"];
  const created = await tsbx("create", ...create, COMMAND);
  expect([created.stdout, created.stderr]).toEqual(["mine\n", ""]);
  writeTree(join(project, "context"), { Dockerfile: "FROM scratch\nCOPY file /\n", file: "file\n" });
  const build = await tsbx("build", "--output", "type=tar,dest=out.tar", "context");
  expect([build.code, build.stderr]).toEqual([0, expect.stringContaining("[1/1] COPY file /")]);
  expect((await tsbx("drivers", "command")).stdout).toMatch(/^ timeout=DURATION \(default 10s\)$/m);
});
