import { truncateSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { within } from "./support/deadline.ts";
import { startOwnDaemon } from "./support/own-daemon.ts";
import type { Outcome, Running } from "./support/process.ts";
import { writeTree } from "./support/tree.ts";
import { VICTIMS, type Victim } from "./support/victims.ts";
import { workspace } from "./support/workspace.ts";

interface Phase {
  dockerfile: string;
  output?: string;
  /** What shows that the phase has begun. */
  begun: RegExp;
}

const MAKE_LARGE =
  "FROM busybox AS make\nRUN --network=none dd if=/dev/zero of=/large bs=1M count=512\nFROM scratch\nCOPY --from=make /large /\n";
const PHASES: ReadonlyArray<readonly [name: string, phase: Phase]> = [
  [
    "sends a large file",
    {
      dockerfile: "FROM scratch\nCOPY . /\n",
      begun: /"id":"transferring context:[^}]*"current":\d{8}/,
    },
  ],
  [
    "runs a step",
    {
      dockerfile: "FROM busybox\nRUN --network=none echo asleep; sleep 20\n",
      // The line that it prints, in base64.
      begun: new RegExp(`"data":"${Buffer.from("asleep\n").toString("base64")}"`),
    },
  ],
  ["exports a tarball", { dockerfile: MAKE_LARGE, begun: /"id":"sending tarball/ }],
  ["exports files", { dockerfile: MAKE_LARGE, output: "local", begun: /"id":"copying files/ }],
];

/** What a fault may take until the command has ended. */
const SECONDS = 10;

describe.each(VICTIMS)("%s driver", (_driver, start) => {
  let victim: Victim;
  let client: Client;
  beforeEach(async () => {
    victim = await start();
    client = await tsbx(await workspace(), victim.place);
    if (victim.place.create) await client.succeed(["inspect", "--bootstrap"]);
  });
  afterEach(async () => {
    if (victim.place.create) await client.succeed(["rm", "bed"]);
    await victim.remove();
  });

  describe.each(PHASES)("while it %s", (_name, phase) => {
    it("a BuildKit that is killed ends the build with an error", async () => {
      const build = await begin(client, phase);
      await victim.kill();
      const { code, stderr } = await endOf(build, client);
      expect(stderr).toMatch(/^ERROR: .*(connection|stopped|ended|killed)/m);
      expect(code).toBe(1);
    });

    it("SIGINT ends the build", async () => {
      const build = await begin(client, phase);
      build.child.kill("SIGINT");
      const { code, stderr } = await endOf(build, client);
      expect(stderr).toMatch(/^ERROR: stopped by SIGINT$/m);
      expect(code).toBe(130);
    });
  });
});

/** Starts a build and waits until it is in the phase. */
async function begin(client: Client, { dockerfile, output = "tar", begun }: Phase): Promise<Running> {
  const cwd = join(client.home, "work");
  await mkdir(cwd);
  writeTree(join(cwd, "context"), { Dockerfile: dockerfile, large: "" });
  truncateSync(join(cwd, "context/large"), 8 * 1024 ** 3);
  const args = ["--progress=rawjson", "--no-cache", "--output", `type=${output},dest=${output}`];
  const build = client.start(["build", ...args, "context"], { cwd });
  await build.printed(begun);
  return build;
}

/** The build's end, which leaves nothing but the directory that a local output was to be put in. */
async function endOf(build: Running, client: Client): Promise<Outcome> {
  const outcome = await within(SECONDS, "the build", build.outcome);
  const left = await readdir(join(client.home, "work"));
  expect(left.filter((name) => name !== "context" && name !== "local")).toEqual([]);
  return outcome;
}

it("a daemon whose disk is full says so, and nothing is left", async () => {
  const small = await startOwnDaemon(64);
  onTestFinished(() => small.remove());
  const client = await tsbx(await workspace(), small.endpoint);
  writeTree(join(client.home, "context"), { Dockerfile: "FROM scratch\nCOPY . /\n", large: "" });
  truncateSync(join(client.home, "context/large"), 1024 ** 3);
  const build = client.run(["build", "--output", "type=tar,dest=out", "context"]);
  const { code, stderr } = await within(SECONDS, "the build", build);
  // The peer's code for exhausted resources.
  expect(code).toBe(102);
  expect(stderr).toMatch(/^ERROR: .*no space left on device/m);
  expect(await readdir(client.home)).not.toContain("out");
});
