import { randomUUID } from "node:crypto";
import { truncateSync, writeFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tsbx } from "./support/client.ts";
import { forget, runningBuild } from "./support/daemon.ts";
import { within } from "./support/deadline.ts";
import { type Entry, writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

interface Interrupted {
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
async function interrupt({
  files,
  args = [],
  prepare,
  phase,
  step,
  leaves = [],
  large = false,
}: Interrupted): Promise<void> {
  const directory = await workspace();
  const client = await tsbx(directory);
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
  const { ended } = await runningBuild(nonce);
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

const CONTEXT = "\\[internal\\] load build context";

describe("SIGINT ends a build", () => {
  it("while it lists a large tree", () =>
    interrupt({
      files: {
        Dockerfile: "FROM scratch\nCOPY . /\n",
        ...Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`tree/${i % 100}/${i}`, ""])),
      },
      phase: new RegExp(`"name":"${CONTEXT}[^}]*"started":`),
      step: CONTEXT,
    }));

  it("while it sends a large file", () =>
    interrupt({
      files: { Dockerfile: "FROM scratch\nCOPY . /\n" },
      prepare: (context) => {
        writeFileSync(join(context, "large"), "");
        truncateSync(join(context, "large"), 8 * 1024 ** 3);
      },
      phase: /"id":"transferring context:[^}]*"current":\d{8}/,
      step: CONTEXT,
    }));

  it("while a RUN instruction sleeps", () =>
    interrupt({
      files: { Dockerfile: "FROM busybox\nRUN echo asleep; sleep 1000\n" },
      // The line that it prints, in base64.
      phase: new RegExp(`"data":"${Buffer.from("asleep\n").toString("base64")}"`),
      step: "\\[2/2\\] RUN",
    }));

  it.each([
    ["tar", "type=tar,dest=out", []],
    ["local", "type=local,dest=out-dir", ["out-dir"]],
  ])("while it receives a large %s output", (_, output, leaves) =>
    interrupt({
      files: {
        Dockerfile:
          "FROM busybox AS make\nRUN dd if=/dev/zero of=/NONCE bs=1M count=1024\nFROM scratch\nCOPY --from=make /NONCE /\n",
      },
      args: ["--output", output],
      phase: /"id":"(copying files|sending tarball)/,
      step: "exporting to client",
      leaves,
      large: true,
    }),
  );
});
