import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import type { Place } from "./support/places.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const never = new AbortController().signal;
const { docker, dockerLegacy, registry } = loadBed(["docker", "dockerLegacy", "registry", "tools"]);
const { host, user, password, ca } = registry.tlsAuth;

const daemons: ReadonlyArray<readonly [string, string]> = [
  ["the containerd image store", docker.containerd.unix],
  ["the classic image store", docker.classic.unix],
  ["Docker 20.10", dockerLegacy.unix],
];

it.each(daemons)("what %s has pushed is reported by its digest in the registry", async (_, endpoint) => {
  const place: Place = { name: "docker", node: "default", env: { DOCKER_HOST: endpoint } };
  const directory = await workspace();
  const [ours, theirs] = await Promise.all(
    [await tsbx(directory, place), await peer(directory, place)].map((client) => pushed(client, endpoint)),
  );
  expect(ours!.metadata["containerimage.digest"]).toBe(ours!.inRegistry.digest);
  expect(theirs!.metadata["containerimage.digest"]).toBe(theirs!.inRegistry.digest);
  expect(Object.keys(ours!.metadata)).toEqual(Object.keys(theirs!.metadata));
  for (const { metadata, inRegistry, id } of [ours!, theirs!]) {
    // Where images go by their configuration, the ID is its digest.
    const config = metadata["containerimage.config.digest"];
    expect(id).toBe(config ?? inRegistry.digest);
    if (config) expect(config).toBe(inRegistry.config);
  }
});

/** Builds and pushes under two names, with a login. */
async function pushed(client: Client, endpoint: string) {
  const auth = Buffer.from(`${user}:${password}`).toString("base64");
  writeFileSync(join(client.dockerConfig, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }));
  writeTree(join(client.home, "context"), { Dockerfile: "FROM scratch\nCOPY file /\n", file: randomUUID() });
  const repository = `cli-test/${randomUUID()}`;
  const images = ["one", "two"].map((tag) => `${host}/${repository}:${tag}`);
  const tags = images.flatMap((image) => ["--tag", image]);
  const files = ["--metadata-file", "metadata.json", "--iidfile", "id"];
  await client.succeed(["build", "--push", ...tags, ...files, "context"]);
  const engine = openEngine(endpoint, {});
  for (const image of images) await engine.json("DELETE", `/images/${image}`, { signal: never });
  const [one, two] = [await manifest(repository, "one"), await manifest(repository, "two")];
  expect(two).toEqual(one);
  return {
    metadata: JSON.parse(readFileSync(join(client.home, "metadata.json"), "utf8")) as Record<string, unknown>,
    id: readFileSync(join(client.home, "id"), "utf8"),
    inRegistry: one,
  };
}

/** What the registry says of a tag. */
async function manifest(repository: string, tag: string): Promise<{ digest: string; config?: string }> {
  const kinds = ["oci.image.index.v1", "oci.image.manifest.v1", "docker.distribution.manifest.v2"];
  const headers = { Accept: kinds.map((kind) => `application/vnd.${kind}+json`).join(",") };
  const options = { ca: readFileSync(ca), auth: `${user}:${password}`, headers };
  const asked = get(`https://${host}/v2/${repository}/manifests/${tag}`, options);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const { config } = (await json(answer)) as { config?: { digest: string } };
  return {
    digest: String(answer.headers["docker-content-digest"]),
    ...(config && { config: config.digest }),
  };
}
