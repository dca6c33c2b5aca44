import { truncateSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { nodeObjects } from "./support/cluster.ts";
import { within } from "./support/deadline.ts";
import { startDockerd } from "./support/dockerd.ts";
import { startOwnDaemon } from "./support/own-daemon.ts";
import { buildkitdPlace, type Place, remotePlace } from "./support/places.ts";
import { endBelow } from "./support/processes.ts";
import { mountTmpfs, unmount } from "./support/tmpfs.ts";
import { writeTree } from "./support/tree.ts";
import { leftoversOf } from "./support/victims/containers.ts";
import { eventually, placeOf } from "./support/victims/victim.ts";
import { workspace } from "./support/workspace.ts";

const never = new AbortController().signal;
/** What a full disk may take until the command has ended. */
const SECONDS = 10;
const MEGABYTES = 24;

/** A builder with a small disk. */
interface Small {
  place: Place;
  /** What there is of it; nothing where the builder is not made. */
  leftovers?(): Promise<string[]>;
}

const SMALL: ReadonlyArray<readonly [driver: string, start: () => Promise<Small>]> = [
  [
    "remote",
    async () => {
      const { endpoint, remove } = await startOwnDaemon({ megabytes: MEGABYTES });
      onTestFinished(remove);
      return { place: remotePlace(endpoint) };
    },
  ],
  [
    "docker",
    async () => {
      const { endpoint, engine, remove } = await startDockerd(MEGABYTES);
      onTestFinished(remove);
      const place = { name: "small docker", node: "default", env: { DOCKER_HOST: endpoint } };
      return { place, leftovers: () => leftoversOf(engine, "") };
    },
  ],
  [
    "docker-container",
    async () => {
      const place = placeOf("docker-container", "disk");
      const engine = openEngine(loadBed().docker.containerd.unix, {});
      const name = `buildx_buildkit_${place.node}`;
      // The boot takes a volume that is there.
      const DriverOpts = { type: "tmpfs", device: "tmpfs", o: `size=${MEGABYTES}m` };
      const body = { Name: `${name}_state`, DriverOpts };
      await engine.json("POST", "/volumes/create", { body, signal: never });
      return { place, leftovers: () => leftoversOf(engine, name) };
    },
  ],
  [
    "kubernetes",
    async () => {
      const place = placeOf("kubernetes", "disk");
      const option = ["--driver-opt", `buildkit-root-volume-memory=${MEGABYTES}Mi`];
      return {
        place: { ...place, create: [...place.create!, ...option] },
        leftovers: () => nodeObjects(place.node),
      };
    },
  ],
  [
    "buildkitd",
    async () => {
      const state = await workspace();
      await mountTmpfs(state, MEGABYTES);
      onTestFinished(() => endBelow(state));
      return { place: buildkitdPlace(state), leftovers: () => readdir(join(state, "tsbx/buildkitd")) };
    },
  ],
];

it.each(SMALL)("%s: a daemon whose disk is full says so, and nothing is left", async (_driver, start) => {
  const { place, leftovers } = await start();
  const client = await tsbx(await workspace(), place);
  if (place.create) await client.succeed(["inspect", "--bootstrap"]);
  const { code, stderr } = await fill(client, "type=tar,dest=out");
  // The peer's code for exhausted resources.
  expect(stderr).toMatch(/^ERROR: .*no space left on device/m);
  expect(code).toBe(102);
  if (place.create) await client.succeed(["rm", "bed"]);
  await eventually(async () => expect((await leftovers?.()) ?? []).toEqual([]));
});

it("docker-container: an image that does not fit ends the boot, and nothing is left", async () => {
  const { endpoint, engine, remove } = await startDockerd(MEGABYTES);
  onTestFinished(remove);
  const place = { ...placeOf("docker-container", "image"), env: { DOCKER_HOST: endpoint } };
  const client = await tsbx(await workspace(), place);
  const boot = client.run(["inspect", "--bootstrap"]);
  const { code, stderr } = await within(SECONDS, "the boot", boot);
  expect(stderr).toMatch(/^ERROR: .*no space left on device/m);
  expect(code).toBe(1);
  expect(await leftoversOf(engine, "")).toEqual([]);
});

describe("a disk of this side that is full", () => {
  it.each(["type=tar,dest=full/out", "type=local,dest=full/out"])("%s", async (output) => {
    const client = await tsbx(await workspace());
    const full = join(client.home, "work/full");
    await mkdir(full, { recursive: true });
    await mountTmpfs(full, 4);
    onTestFinished(() => unmount(full));
    const { code, stderr } = await fill(
      client,
      output,
      "FROM busybox\nRUN dd if=/dev/zero of=/large bs=1 count=0 seek=512M\n",
    );
    expect(stderr).toMatch(/^ERROR: .*no space left on device/m);
    expect(code).toBe(1);
    expect(await readdir(full)).toEqual(output.startsWith("type=local") ? ["out"] : []);
  });
});

/** Builds what is too large, and expects nothing of it. */
async function fill(client: Client, output: string, dockerfile = "FROM scratch\nCOPY . /\n") {
  const cwd = join(client.home, "work");
  writeTree(join(cwd, "context"), { Dockerfile: dockerfile, large: "" });
  truncateSync(join(cwd, "context/large"), 1024 ** 3);
  const build = client.run(["build", "--no-cache", "--output", output, "context"], { cwd });
  const outcome = await within(SECONDS, "the build", build);
  const left = await readdir(cwd);
  expect(left.filter((name) => name !== "context" && name !== "full")).toEqual([]);
  expect(await readdir(client.temporary)).toEqual([]);
  return outcome;
}
