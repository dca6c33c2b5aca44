import { expect, test } from "vitest";
import { type Descriptor, mergeIndexes } from "./index-merge.ts";

const OCI = "application/vnd.oci.image.manifest.v1+json";
const DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
const manifest = (digest: string, mediaType = OCI): Descriptor => ({ mediaType, digest, size: 1 });

test("the manifests in order, each once, with all annotations", () => {
  const merged = mergeIndexes([
    { manifests: [manifest("a"), manifest("b")], annotations: { x: "1" } },
    { manifests: [manifest("b"), manifest("c")], annotations: { y: "2" } },
  ]);
  expect(merged.manifests.map(({ digest }) => digest)).toEqual(["a", "b", "c"]);
  expect(merged.annotations).toEqual({ x: "1", y: "2" });
  expect(merged.mediaType).toBe("application/vnd.oci.image.index.v1+json");
});

test("a docker manifest list only of docker's manifests", () => {
  const type = (...types: string[]) =>
    mergeIndexes(types.map((each, i) => ({ manifests: [manifest(String(i), each)] }))).mediaType;
  expect(type(DOCKER, DOCKER)).toBe("application/vnd.docker.distribution.manifest.list.v2+json");
  expect(type(DOCKER, OCI)).toBe("application/vnd.oci.image.index.v1+json");
});
