import { readFileSync, readlinkSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { type OwnDaemon, startOwnDaemon } from "./support/own-daemon.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const DEVICE = "bed.example/thing";
/** Devices that do nothing but set a variable. */
const CDI = {
  cdiVersion: "0.6.0",
  kind: DEVICE,
  devices: [
    { name: "one", containerEdits: { env: ["THING=one"] } },
    { name: "two", containerEdits: { env: ["OTHER=two"] } },
    {
      name: "free",
      annotations: { "org.mobyproject.buildkit.device.autoallow": "true" },
      containerEdits: { env: ["THING=free"] },
    },
  ],
};

/** Permits devices, and nothing else. */
let strict: OwnDaemon;
let specs: string;
/** Permits the host's network and privileged steps, and knows no devices. */
const lenient = loadBed().buildkitd.unix;

beforeAll(async () => {
  specs = await mkdtemp(join(tmpdir(), "tsbx-cdi-"));
  writeTree(specs, { "bed.json": JSON.stringify(CDI) });
  strict = await startOwnDaemon({ config: `[cdi]\nspecDirs = [${JSON.stringify(specs)}]\n` });
});
afterAll(async () => {
  await strict?.remove();
  await rm(specs, { recursive: true, force: true });
});

/** Steps have devices in this release of the frontend alone. */
const LABS = "# syntax=docker/dockerfile:1-labs\n";

const NETWORK = "readlink /proc/self/ns/net";
const PRIVILEGES = "sed -n 's/^CapEff:\\s*//p' /proc/self/status";
const THING = 'echo "$THING" "$OTHER"';

interface Outcome {
  code: number | null;
  printed?: string;
  error?: string;
}

/** What both tools make of a RUN: the first line of what it prints, or why there is none. */
async function ofBoth(endpoint: string, run: string, args: readonly string[]) {
  const directory = await workspace();
  const clients = [await peer(directory, endpoint), await tsbx(directory, endpoint)];
  const [theirs, ours] = await Promise.all(clients.map((client) => outcomeOf(client, run, args)));
  expect(ours).toEqual(theirs);
  return ours!;
}

async function outcomeOf(client: Client, run: string, args: readonly string[]): Promise<Outcome> {
  // "--flags command" is a RUN with flags, which come before what the output goes to.
  const [, flags, command] = /^((?:--\S+ )*)(.*)$/.exec(run)!;
  writeTree(join(client.home, "context"), {
    Dockerfile: `${flags?.includes("--device") ? LABS : ""}FROM busybox AS run\nRUN ${flags}(${command}) > /printed\nFROM scratch\nCOPY --from=run /printed /\n`,
  });
  const { code, stderr } = await client.run(["build", "--no-cache", "-o", "out", ...args, "context"]);
  if (code === 0) return { code, printed: readFileSync(join(client.home, "out/printed"), "utf8").trim() };
  const error = stderr.split("\n").findLast((line) => line.startsWith("ERROR: ")) ?? stderr;
  return { code, error: error.replace(/^ERROR: (failed to build: )?/, "") };
}

describe("the host's network", () => {
  const host = readlinkSync("/proc/self/ns/net");
  // The bed's daemon has no network of its own for steps, so only what is refused tells.
  const allowed = (args: string[], run = `--network=host ${NETWORK}`) => ofBoth(lenient, run, args);

  it("is refused to those who are not allowed", async () =>
    expect((await allowed([])).error).toMatch(/network\.host is not allowed/));
  it("is theirs who are allowed", async () =>
    expect(await allowed(["--allow", "network.host"])).toEqual({ code: 0, printed: host }));
  it("is theirs who want all of the build to have it", async () =>
    expect(await allowed(["--network=host"], NETWORK)).toEqual({ code: 0, printed: host }));
});

describe("privileges", () => {
  const insecure = `--security=insecure ${PRIVILEGES}`;

  it("are refused to those who are not allowed", async () =>
    expect((await ofBoth(lenient, insecure, [])).error).toMatch(/security\.insecure is not allowed/));
  it("are theirs who are allowed", async () => {
    const args = ["--allow", "security.insecure"];
    const [more, less] = [await ofBoth(lenient, insecure, args), await ofBoth(lenient, PRIVILEGES, args)];
    expect(bits(more.printed)).toBeGreaterThan(bits(less.printed));
  });
});

/** How many capabilities there are in a mask. */
function bits(mask: string | undefined): number {
  return [...BigInt(`0x${mask}`).toString(2)].filter((digit) => digit === "1").length;
}

describe("a device", () => {
  const one = `--device=${DEVICE}=one ${THING}`;
  it.each<[string, string, string[], RegExp | string]>([
    [
      "is refused to those who are not allowed",
      one,
      [],
      /device bed\.example\/thing=one is requested by the build but not allowed/,
    ],
    ["is theirs who are allowed all", one, ["--allow", "device"], "one"],
    ["is theirs who are allowed this", one, ["--allow", `device=${DEVICE}=one`], "one"],
    [
      "is refused to those who are allowed another",
      one,
      ["--allow", `device=${DEVICE}=two`],
      /=one is requested/,
    ],
    [
      "is theirs who are allowed it by a name of their own",
      `--device=mine ${THING}`,
      ["--allow", `device=${DEVICE}=one,alias=mine`],
      "one",
    ],
    [
      "may be one of several",
      `--device=${DEVICE}=one --device=${DEVICE}=two ${THING}`,
      ["--allow", `device=${DEVICE}=one`, "--allow", `device=${DEVICE}=two`],
      "one two",
    ],
    ["needs no permission when it says so", `--device=${DEVICE}=free ${THING}`, [], "free"],
    [
      "must be there when it is required",
      `--device=${DEVICE}=three,required ${THING}`,
      ["--allow", "device"],
      /three/,
    ],
    ["need not be there when it is not required", `--device=${DEVICE}=three ${THING}`, [], ""],
  ])("%s", async (_, run, args, expected) => {
    const outcome = await ofBoth(strict.endpoint, run, args);
    if (typeof expected === "string") expect(outcome).toEqual({ code: 0, printed: expected });
    else expect(outcome).toEqual({ code: 1, error: expect.stringMatching(expected) });
  });
});

// The peer waits for five seconds when a daemon refuses at once: all at the same time.
it("what a daemon grants to nobody is refused whatever is allowed", async () => {
  const refused = await Promise.all([
    ofBoth(strict.endpoint, `--network=host ${NETWORK}`, ["--allow", "network.host"]),
    ofBoth(strict.endpoint, NETWORK, ["--network=host"]),
    ofBoth(strict.endpoint, `--security=insecure ${PRIVILEGES}`, ["--allow", "security.insecure"]),
    ofBoth(lenient, `--device=${DEVICE}=one ${THING}`, ["--allow", "device"]),
  ]);
  expect(refused).toEqual(
    ["network.host", "network.host", "security.insecure", "device"].map((name) => ({
      code: 1,
      error: expect.stringContaining(
        `granting entitlement ${name} is not allowed by build daemon configuration`,
      ),
    })),
  );
});
