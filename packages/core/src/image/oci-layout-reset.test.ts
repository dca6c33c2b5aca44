import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeUnreferenced } from "./oci-layout-reset.ts";

const { signal } = new AbortController();
const OCI = "application/vnd.oci.image";
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tsbx-reset-"));
  await mkdir(join(directory, "blobs/sha256"), { recursive: true });
});
afterEach(() => rm(directory, { recursive: true }));

async function blob(mediaType: string, content: unknown) {
  const data = JSON.stringify(content);
  const hex = createHash("sha256").update(data).digest("hex");
  await writeFile(join(directory, "blobs/sha256", hex), data);
  return { mediaType, digest: `sha256:${hex}`, size: data.length };
}

const index = (...manifests: object[]) =>
  writeFile(join(directory, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
const left = async () =>
  (await readdir(join(directory, "blobs/sha256"))).map((name) => `sha256:${name}`).sort();

test("what the index leads to stays, at any depth and of any kind", async () => {
  const layers = [await blob(`${OCI}.layer.v1.tar`, "layer"), await blob("text/plain", { manifests: "no" })];
  const config = await blob(`${OCI}.config.v1+json`, "config");
  const manifest = await blob(`${OCI}.manifest.v1+json`, { config, layers });
  const list = await blob("application/vnd.docker.distribution.manifest.list.v2+json", {
    manifests: [manifest, manifest],
  });
  const cache = await blob("application/vnd.buildkit.cacheconfig.v0", {});
  const other = await blob(`${OCI}.index.v1+json`, { manifests: [cache] });
  await index(list, other);
  await blob(`${OCI}.layer.v1.tar`, "of before");
  await writeFile(join(directory, "blobs/sha256/notes"), "not a blob");
  await removeUnreferenced(directory, signal);
  const named = [...layers, config, manifest, list, cache, other].map(({ digest }) => digest);
  expect(await left()).toEqual([...named, "sha256:notes"].sort());
});

test("nothing goes while something that is named cannot be read", async () => {
  const old = await blob("text/plain", "old");
  await index({ mediaType: `${OCI}.manifest.v1+json`, digest: `sha256:${"a".repeat(64)}`, size: 1 });
  await expect(removeUnreferenced(directory, signal)).rejects.toThrow("ENOENT");
  expect(await left()).toEqual([old.digest]);
});
