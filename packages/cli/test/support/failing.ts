import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { tsbx } from "./client.ts";
import type { Place } from "./places.ts";
import { writeTree } from "./tree.ts";
import { workspace } from "./workspace.ts";

const DOCKERFILE = { Dockerfile: "FROM busybox\n" };

export interface Failing {
  files?: Parameters<typeof writeTree>[1];
  args: readonly string[];
  /** Where; the bed's daemon by default. */
  at?: string | Place;
}

/** Runs a build that must fail: in time, with an error and without a stack trace, and leaving nothing. */
export async function fail({ files = DOCKERFILE, args, at }: Failing) {
  const directory = await workspace();
  const client = await tsbx(directory, at);
  const cwd = join(directory, "work");
  await mkdir(cwd);
  writeTree(join(cwd, "context"), files);
  const { code, stdout, stderr } = await client.run(["build", "--progress=plain", ...args], { cwd });
  expect(await readdir(cwd)).toEqual(["context"]);
  expect(stderr).toMatch(/^ERROR: .+/m);
  expect(stderr).not.toMatch(/^ +at .*\d+:\d+\)?$/m);
  expect(stdout).toBe("");
  return { code, stderr };
}
