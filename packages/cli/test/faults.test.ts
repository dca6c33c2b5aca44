import { truncateSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { within } from "./support/deadline.ts";
import type { Outcome, Running } from "./support/process.ts";
import { writeTree } from "./support/tree.ts";
import { eventually, LOADED, VICTIMS, type Victim } from "./support/victims/index.ts";
import { workspace } from "./support/workspace.ts";

interface Phase {
  dockerfile: string;
  output?: string;
  /** What shows that the phase has begun. */
  begun: RegExp;
}

/** A file with a hole takes no time to make; only what it is sent as is large. */
const large = (megabytes: number) =>
  `FROM busybox\nRUN --network=none dd if=/dev/zero of=/large bs=1 count=0 seek=${megabytes}M\n`;

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
  ["exports a tarball", { dockerfile: large(2048), begun: /"id":"sending tarball/ }],
  [
    "exports files",
    { dockerfile: large(2048), output: "type=local,dest=local", begun: /"id":"copying files/ },
  ],
  [
    "loads an image",
    {
      dockerfile: large(256),
      output: `type=docker,name=${LOADED},compression=uncompressed`,
      // Docker's own BuildKit has no way to it.
      begun: /"id":"sending image"|"name":"exporting to image"[\s\S]*"id":"exporting layers"/,
    },
  ],
];

/** What a fault may take until the command has ended. */
const SECONDS = 10;

describe.each(VICTIMS)("%s", (_driver, { start, interrupted }) => {
  let victim: Victim;
  let client: Client;
  /** What there is of the builder while it does nothing. */
  let idle: string[] | undefined;
  beforeAll(async () => {
    victim = await start();
    idle = undefined;
  });
  beforeEach(async () => {
    client = await tsbx(await workspace(), victim.place);
    await boot();
    idle ??= await victim.leftovers();
  });
  afterAll(() => victim?.remove());

  async function boot(): Promise<void> {
    if (victim.place.create) await client.succeed(["inspect", "--bootstrap"]);
  }

  describe.each(PHASES)("while it %s", (_name, phase) => {
    afterEach(async () => {
      expect(await readdir(client.temporary)).toEqual([]);
      await boot();
      await eventually(async () => expect(await victim.leftovers()).toEqual(idle));
    });

    it("a kill ends the build with an error", async () => {
      const build = await begin(client, phase);
      await victim.kill();
      // Also for the tests that come after one that fails.
      const { code, stderr } = await endOf(build, client).finally(() => victim.revive());
      expect(stderr).toMatch(/^ERROR: .*(connection|stopped|ended|killed)/m);
      expect(code).toBe(1);
    });

    if (!interrupted) return;
    it("SIGINT ends the build", async () => {
      const build = await begin(client, phase);
      build.child.kill("SIGINT");
      const { code, stderr } = await endOf(build, client);
      expect(stderr).toMatch(/^ERROR: stopped by SIGINT$/m);
      expect(code).toBe(130);
    });
  });

  it("nothing is left when the builder is removed", async () => {
    if (victim.place.create) await client.succeed(["rm", "bed"]);
    await eventually(async () => expect(await victim.leftovers()).toEqual([]));
  });
});

/** Starts a build and waits until it is in the phase. */
async function begin(
  client: Client,
  { dockerfile, output = "type=tar,dest=tar", begun }: Phase,
): Promise<Running> {
  const cwd = join(client.home, "work");
  await mkdir(cwd);
  writeTree(join(cwd, "context"), { Dockerfile: dockerfile, large: "" });
  truncateSync(join(cwd, "context/large"), 8 * 1024 ** 3);
  const args = ["--progress=rawjson", "--no-cache", "--output", output];
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
