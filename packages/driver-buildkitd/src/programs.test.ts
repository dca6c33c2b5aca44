import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import driver from "./index.ts";
import { findPrograms, findRootlesskit } from "./programs.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tsbx-programs-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function program(path: string, mode = 0o755): Promise<string> {
  const full = join(directory, path);
  await mkdir(join(full, ".."), { recursive: true });
  await writeFile(full, "");
  await chmod(full, mode);
  return full;
}

test("the option wins over TSBX_BUILDKITD, which wins over the PATH", async () => {
  const [option, env, path] = await Promise.all(
    ["option/b", "env/b", "path/buildkitd"].map((each) => program(each)),
  );
  const runc = await program("path/runc");
  const PATH = join(directory, "path");
  const found = (env: Record<string, string>, options = {}) => findPrograms(env, options);
  expect(await found({ PATH, TSBX_BUILDKITD: env! }, { binary: option! })).toEqual({
    buildkitd: option,
    runc,
  });
  expect(await found({ PATH, TSBX_BUILDKITD: env! })).toEqual({ buildkitd: env, runc });
  expect(await found({ PATH })).toEqual({ buildkitd: path, runc });
});

test("buildkit-runc beside buildkitd wins over a runc on the PATH", async () => {
  const binary = await program("release/buildkitd");
  const runc = await program("release/buildkit-runc");
  await program("path/runc");
  expect(await findPrograms({ PATH: join(directory, "path") }, { binary })).toEqual({
    buildkitd: binary,
    runc,
  });
});

test("no buildkitd: the error says how to get it, and the driver does not propose itself", async () => {
  const env = { PATH: directory };
  await expect(findPrograms(env, {})).rejects.toMatchObject({
    code: "BUILDKITD_MISSING",
    hint: expect.stringContaining("release"),
  });
  expect(await driver.detect?.({ env, stateDir: directory }, new AbortController().signal)).toBeUndefined();
});

test("the options runc and rootlesskit win over what lies beside buildkitd and on the PATH", async () => {
  const binary = await program("release/buildkitd");
  for (const name of ["buildkit-runc", "rootlesskit"]) await program(`release/${name}`);
  const [runc, rootlesskit] = [await program("own/runc"), await program("own/rootlesskit")];
  const env = { PATH: join(directory, "release") };
  expect(await findPrograms(env, { binary, runc })).toEqual({ buildkitd: binary, runc });
  expect(await findRootlesskit(env, { rootlesskit }, binary)).toBe(rootlesskit);
});

test("a runc or rootlesskit that is not there is named, and no other taken", async () => {
  const binary = await program("release/buildkitd");
  for (const name of ["buildkit-runc", "rootlesskit"]) await program(`release/${name}`);
  const env = { PATH: join(directory, "release") };
  const missing = join(directory, "none");
  await expect(findPrograms(env, { runc: missing })).rejects.toMatchObject({
    code: "RUNC_MISSING",
    message: expect.stringContaining(`${missing} is not there`),
  });
  await expect(findRootlesskit(env, { rootlesskit: missing }, binary)).rejects.toMatchObject({
    code: "ROOTLESSKIT_MISSING",
    message: expect.stringContaining(`${missing} is not there`),
  });
});

test("a buildkitd that cannot be executed is named", async () => {
  const binary = await program("buildkitd", 0o644);
  await expect(findPrograms({ PATH: directory }, { binary })).rejects.toMatchObject({
    code: "BUILDKITD_MISSING",
    message: `${binary} is not an executable file`,
  });
});

test("no runc: the error names the package", async () => {
  const binary = await program("buildkitd");
  await expect(findPrograms({ PATH: directory }, { binary })).rejects.toMatchObject({
    code: "RUNC_MISSING",
    hint: expect.stringContaining("Debian package runc"),
  });
});
