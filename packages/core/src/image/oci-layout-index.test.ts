import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addToIndex, type Descriptor, resolveInIndex } from "./oci-layout-index.ts";

const NAME = "io.containerd.image.name";
const REF = "org.opencontainers.image.ref.name";
const { signal } = new AbortController();
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tsbx-layout-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const manifest = (id: string, annotations?: Record<string, string>): Descriptor => ({
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: `sha256:${id.repeat(64)}`,
  size: 1,
  ...(annotations && { annotations }),
});
const write = (content: unknown) => writeFileSync(join(directory, "index.json"), JSON.stringify(content));
const read = () => JSON.parse(readFileSync(join(directory, "index.json"), "utf8"));
const resolve = async (tag: string) => (await resolveInIndex(directory, tag, signal))?.digest.at(-1);

test("by full name, then by tag, then the only one that has no name", async () => {
  expect(await resolve("latest")).toBeUndefined();
  write({ manifests: [manifest("a")] });
  expect(await resolve("anything")).toBe("a");
  write({ manifests: [manifest("a", { [REF]: "1.0" })] });
  expect(await resolve("1.0")).toBe("a");
  expect(await resolve("2.0")).toBeUndefined();
  write({ manifests: [manifest("a", { [REF]: "x" }), manifest("b", { [NAME]: "x" }), manifest("c")] });
  expect(await resolve("x")).toBe("b");
  expect(await resolve("y")).toBeUndefined();
});

test.each(["", "{", "[]", "{}", '{"manifests":{}}', "null"])("%j is no index", async (text) => {
  writeFileSync(join(directory, "index.json"), text);
  await expect(resolve("x")).rejects.toMatchObject({ code: "OCI_LAYOUT_INVALID" });
});

test("a manifest takes the place of what had its name; all else stays", async () => {
  write({
    schemaVersion: 2,
    annotations: { kept: "yes" },
    manifests: [manifest("z"), manifest("y", { [REF]: "1" })],
  });
  await addToIndex(directory, manifest("a", { own: "x" }), ["1", "docker.io/me/app:2"], signal);
  await addToIndex(directory, manifest("b"), ["docker.io/me/app:2", "host:5000/app"], signal);
  expect(read()).toEqual({
    schemaVersion: 2,
    annotations: { kept: "yes" },
    manifests: [
      manifest("z"),
      manifest("a", { own: "x", [REF]: "1" }),
      manifest("b", { [NAME]: "docker.io/me/app:2", [REF]: "2" }),
      manifest("b", { [NAME]: "host:5000/app", [REF]: "latest" }),
    ],
  });
  expect(readdirSync(directory).sort()).toEqual(["index.json", "oci-layout"]);
  expect(readFileSync(join(directory, "oci-layout"), "utf8")).toBe('{"imageLayoutVersion":"1.0.0"}');
});

test("several writers at a time lose nothing", async () => {
  const tags = Array.from({ length: 10 }, (_, i) => `tag-${i}`);
  await Promise.all(tags.map((tag, i) => addToIndex(directory, manifest(`${i}`), [tag], signal)));
  expect(
    read()
      .manifests.map((entry: Descriptor) => entry.annotations?.[REF])
      .sort(),
  ).toEqual(tags);
  expect(readdirSync(directory).sort()).toEqual(["index.json", "oci-layout"]);
});

test("waiting for another writer ends with the build", async () => {
  writeFileSync(join(directory, "index.json.lock"), "");
  const abort = new AbortController();
  const adding = addToIndex(directory, manifest("a"), ["x"], abort.signal);
  abort.abort();
  await expect(adding).rejects.toThrow();
  expect(readdirSync(directory)).toEqual(["index.json.lock"]);
});

test("an index that is broken is not replaced", async () => {
  writeFileSync(join(directory, "index.json"), "{");
  await expect(addToIndex(directory, manifest("a"), ["x"], signal)).rejects.toMatchObject({
    code: "OCI_LAYOUT_INVALID",
  });
  expect(readFileSync(join(directory, "index.json"), "utf8")).toBe("{");
  expect(readdirSync(directory)).not.toContain("index.json.lock");
});
