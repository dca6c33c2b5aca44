import { expect, test } from "vitest";
import { buildMetadata } from "./metadata.ts";
import type { BuildResult } from "./run.ts";

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
const metadataOf = (exporterResponse: Record<string, string>, provenance?: Record<string, unknown>) =>
  buildMetadata(
    { ref: "r", exporterResponse } as unknown as BuildResult,
    { builder: "b", name: "n" },
    provenance,
  );

test.each<[string, string, unknown]>([
  ["an object", encode({ digest: "d" }), { digest: "d" }],
  ["a list of objects", encode([{ a: 1 }]), [{ a: 1 }]],
  ["a digest", "sha256:abc", "sha256:abc"],
  ["a name", "docker.io/me/app:latest", "docker.io/me/app:latest"],
  ["text that is base64 by chance", "abcd", "abcd"],
  ["base64 of a number", encode(12), encode(12)],
  ["base64 of a string", encode("text"), encode("text")],
  ["base64 of an empty object", encode({}), encode({})],
  ["base64 of a list of strings", encode(["a"]), encode(["a"])],
  ["nothing", "", ""],
])("%s", (_, value, expected) => {
  expect(metadataOf({ key: value }).key).toEqual(expected);
});

test("sorted, with the reference and the provenance", () => {
  const metadata = metadataOf({ z: "1", a: "2" }, { "buildx.build.provenance": { x: 1 } });
  expect(Object.entries(metadata)).toEqual([
    ["a", "2"],
    ["buildx.build.provenance", { x: 1 }],
    ["buildx.build.ref", "b/n/r"],
    ["z", "1"],
  ]);
});
