import { randomUUID } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { tsbx } from "./client.ts";
import { forget, runningBuild } from "./daemon.ts";
import { within } from "./deadline.ts";
import type { DriverPlace } from "./places.ts";
import { type Entry, writeTree } from "./tree.ts";
import { workspace } from "./workspace.ts";

export interface Interrupted {
  /** Where; the bed's daemon by default. */
  place?: DriverPlace;
  files: Readonly<Record<string, Entry>>;
  /** Whether the steps before have `NONCE` in their names, and leave much in the daemon's cache. */
  large?: boolean;
  args?: readonly string[];
  prepare?: (cwd: string) => void;
  /** What shows that the phase has begun. */
  phase: RegExp;
  /** The beginning of the name of the step that is cut short. */
  step: string;
  /** What may stay in the working directory. */
  leaves?: readonly string[];
}

const GRACE_SECONDS = 2;

/** Interrupts a build in a phase of it, and expects it to be gone from everywhere soon. */
export async function interrupt({
  place,
  files,
  args = [],
  prepare,
  phase,
  step,
  leaves = [],
  large = false,
}: Interrupted): Promise<void> {
  const directory = await workspace();
  const client = await tsbx(directory, place);
  const cwd = join(directory, "work");
  await mkdir(cwd);
  const nonce = randomUUID();
  const dockerfile = String(files.Dockerfile).replaceAll("NONCE", nonce);
  writeTree(join(cwd, "context"), { ...files, Dockerfile: dockerfile });
  prepare?.(join(cwd, "context"));
  const build = client.start(
    ["build", "--progress=rawjson", "--no-cache", "--build-arg", `NONCE=${nonce}`, ...args, "context"],
    { cwd },
  );
  await build.printed(phase);
  const { ended } = await runningBuild(nonce, place);
  build.child.kill("SIGINT");
  const { code, stderr } = await within(GRACE_SECONDS, "the command", build.outcome);
  await within(GRACE_SECONDS, "the daemon's build", ended);
  expect(code).toBe(130);
  expect(stderr).toMatch(/^ERROR: stopped by SIGINT$/m);
  expect(stderr).toMatch(new RegExp(`"name":"${step}[^}]*"error":".*([Cc]anceled|Unavailable|EOF)`));
  const left = (await readdir(cwd, { recursive: true })).filter((name) => !name.startsWith("context"));
  expect(left).toEqual(leaves);
  if (large) await forget(nonce);
}

/** The beginning of the name of the step that sends the context. */
export const CONTEXT = "\\[internal\\] load build context";
