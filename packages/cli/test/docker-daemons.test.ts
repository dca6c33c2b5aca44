import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { masked, uncachedSteps } from "./support/difference.ts";
import { createContext } from "./support/docker-context.ts";
import { describeTree, writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const { docker, dockerLegacy } = loadBed(["docker", "dockerLegacy", "ssh", "tools"]);
const { unix, tcp, certPath } = docker.containerd;
const pem = Object.fromEntries(["ca", "cert", "key"].map((name) => [name, join(certPath, `${name}.pem`)]));
const FILES = {
  Dockerfile: "FROM busybox\nARG NONCE\nCOPY file /in/\nRUN cp /in/file /out\nCMD cat /out\n",
  file: "content\n",
};

const ways: ReadonlyArray<[string, { at: string; env: Record<string, string> }]> = [
  ["a daemon of old", { at: dockerLegacy.unix, env: { DOCKER_HOST: dockerLegacy.unix } }],
  [
    "a daemon that wants TLS, by the environment",
    { at: unix, env: { DOCKER_HOST: tcp, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certPath } },
  ],
  ["a daemon that wants TLS, by a docker context", { at: unix, env: { DOCKER_CONTEXT: "far" } }],
];

it.each(ways)("%s: image, files and metadata are the peer's", async (_, { at, env }) => {
  const directory = await workspace();
  const place = { name: "docker", node: "default", env: { ...env, BUILDX_METADATA_PROVENANCE: "disabled" } };
  const [theirs, ours] = [await peer(directory, place), await tsbx(directory, place)];
  const image = `cli-test-daemons:${randomUUID()}`;
  const nonce = ["--build-arg", `NONCE=${randomUUID()}`];
  const engine = openEngine(at, {});
  const signal = AbortSignal.timeout(100_000);

  /** Builds an image, which Docker has then, and files. */
  async function built(client: Client, cache: readonly string[]) {
    if (env.DOCKER_CONTEXT) await createContext(client, env.DOCKER_CONTEXT, { host: tcp, ...pem });
    writeTree(join(client.home, "context"), FILES);
    const build = ["build", "--progress=plain", "--provenance=false", ...nonce];
    const results = ["--tag", image, "--iidfile", "id", "--metadata-file", "metadata.json"];
    const { stderr } = await client.succeed([...build, ...cache, ...results, "context"]);
    await client.succeed([...build, "--output", "out", "context"]);
    const { Id, Config } = await engine.json<Image>("GET", `/images/${image}/json`, { signal });
    await engine.json("DELETE", `/images/${image}`, { query: { noprune: true }, signal });
    const file = (name: string) => readFileSync(join(client.home, name), "utf8");
    expect(file("id")).toBe(Id);
    const metadata = masked(JSON.parse(file("metadata.json")));
    return { stderr, what: { Id, Config, files: describeTree(join(client.home, "out")), metadata } };
  }

  const reference = await built(theirs, ["--no-cache"]);
  const { stderr, what } = await built(ours, []);
  // So the context that was sent has the same digest.
  expect(uncachedSteps(stderr)).toEqual([]);
  expect(what).toEqual(reference.what);
});

interface Image {
  Id: string;
  Config: unknown;
}
