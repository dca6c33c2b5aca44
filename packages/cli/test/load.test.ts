import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Engine, isEngineError, openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { expect, it, onTestFinished } from "vitest";
import { tsbx } from "./support/client.ts";
import { type Place, places } from "./support/places.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const { docker } = loadBed();
const never = new AbortController().signal;

/** A builder that tsbx makes of a place's arguments and others, and the engine that its images are loaded into. */
async function scene({ create, env, node }: Place, dockerHost: string, more: readonly string[] = []) {
  const place = { name: "load", node, env: { ...env, DOCKER_HOST: dockerHost } };
  const client = await tsbx(await workspace(), place);
  writeTree(join(client.home, "context"), { Dockerfile: "FROM scratch\nCOPY file /\n", file: randomUUID() });
  if (create) {
    await client.succeed(["create", "--name", "made", "--node", `${node}-load`, "--use", ...create, ...more]);
    onTestFinished(async () => {
      await client.succeed(["rm", "--force", "made"]);
    });
  }
  return { client, engine: openEngine(dockerHost, {}), image: `cli-test-load:${randomUUID()}` };
}

/** The platforms for which Docker has an image; none when it has not got it. Removes it. */
async function taken(engine: Engine, image: string): Promise<string[]> {
  const ask = <T>(method: string, path: string, query = {}) =>
    engine.json<T>(method, path, { query, signal: never });
  try {
    const { Os, Architecture, Manifests } = await ask<Image>("GET", `/images/${image}/json`, {
      manifests: true,
    });
    await ask("DELETE", `/images/${image}`);
    const images = Manifests?.filter(({ Kind, Available }) => Kind === "image" && Available);
    const platforms = images?.map(({ ImageData }) => ImageData.Platform) ?? [
      { os: Os, architecture: Architecture },
    ];
    return platforms.map(({ os, architecture }) => `${os}/${architecture}`).sort();
  } catch (error) {
    if (isEngineError(error, 404)) return [];
    throw error;
  }
}

interface Image {
  Os: string;
  Architecture: string;
  /** From the containerd image store alone. */
  Manifests?: Array<{
    Kind: string;
    Available: boolean;
    ImageData: { Platform: { os: string; architecture: string } };
  }>;
}

it.each(places().filter(({ driver }) => "default-load" in driver.options))(
  "a build on the $name driver that names no output is loaded with default-load",
  async (place) => {
    const more = ["--driver-opt", "default-load=true"];
    const { client, engine, image } = await scene(place, docker.containerd.unix, more);
    await client.succeed(["build", "--tag", image, "context"]);
    expect(await taken(engine, image)).toHaveLength(1);
  },
);

const PLATFORMS = ["linux/amd64", "linux/arm64"];
const ways = places().filter(({ name }) => /^(remote|docker-container|docker, containerd store)$/.test(name));

it.each(ways)("--load of several platforms into the containerd image store: $name", async (place) => {
  const { client, engine, image } = await scene(place, docker.containerd.unix);
  await client.succeed(["build", "--load", "--tag", image, "--platform", PLATFORMS.join(), "context"]);
  expect(await taken(engine, image)).toEqual(PLATFORMS);
});

it.each(ways)(
  "--load of one platform into the classic image store, and not of several: $name",
  async (place) => {
    const { client, engine, image } = await scene(place, docker.classic.unix);
    const load = ["build", "--load", "--tag", image, "context"];
    const { code, stderr } = await client.run([...load, "--platform", PLATFORMS.join()]);
    expect(code).toBe(1);
    const refusal = place.create
      ? `Docker at ${docker.classic.unix} cannot load an image for several platforms`
      : `--platform ${PLATFORMS} is not supported by the docker driver; it is with the containerd image store`;
    expect(stderr).toContain(`ERROR: ${refusal}\n`);
    expect(stderr).toMatch(/^HINT: .*\w/m);
    expect(await taken(engine, image)).toEqual([]);

    await client.succeed([...load, "--platform", "linux/arm64"]);
    expect(await taken(engine, image)).toEqual(["linux/arm64"]);
  },
);

it("--load of attestations that are asked for is refused by the classic image store", async () => {
  const [remote] = places();
  const { client, engine, image } = await scene(remote!, docker.classic.unix);
  const load = ["build", "--load", "--tag", image, "context"];
  const { code, stderr } = await client.run([...load, "--provenance=mode=max"]);
  expect(code).toBe(1);
  expect(stderr).toContain(
    `ERROR: Docker at ${docker.classic.unix} cannot load an image with attestations\n`,
  );
  expect(stderr).toMatch(/^HINT: Turn on the daemon's containerd image store, /m);
  // Those that come by themselves are left out.
  await client.succeed(load);
  expect(await taken(engine, image)).toHaveLength(1);
});
