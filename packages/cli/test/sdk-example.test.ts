import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { loadBed } from "@tsbx/testbed";
import { afterEach, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const example = join(root, "examples/sdk/build.mjs");
const { buildkitd } = loadBed();

const made: string[] = [];
afterEach(async () => {
  for (const path of made.splice(0)) await rm(path, { recursive: true });
});

test("the SDK example runs as it stands, on the built packages", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "tsbx-example-"));
  made.push(cwd);
  const env = { ...process.env, BUILDKIT_HOST: buildkitd.unix };
  const { stdout } = await promisify(execFile)(process.execPath, [example], { cwd, env });
  expect(stdout).toContain("exporting to client directory");
  expect(await readFile(join(cwd, "out/hello"), "utf8")).toBe("Hello from BuildKit\n");
});

test("the README shows the example, in 15 lines", async () => {
  const code = await readFile(example, "utf8");
  expect(await readFile(join(root, "README.md"), "utf8")).toContain(`\`\`\`js\n${code}\`\`\``);
  expect(
    code
      .trimEnd()
      .split("\n")
      .filter((line) => line !== "").length,
  ).toBeLessThanOrEqual(15);
});
