import { describe, expect, it } from "vitest";
import { provenanceV02 } from "./provenance-shape.ts";

describe("provenance in a metadata file", () => {
  const v02 = { builder: { id: "b" }, buildType: "t", buildConfig: { x: 1 }, metadata: { y: 2 } };

  it("is what daemons before 0.20 record", () => {
    expect(provenanceV02(v02, "max")).toEqual(v02);
    expect(provenanceV02(v02, "min")).toEqual({ builder: { id: "b" }, buildType: "t" });
  });

  it("is the same shape out of SLSA 1", () => {
    const v1 = {
      buildDefinition: {
        resolvedDependencies: [{ uri: "pkg:docker/busybox" }],
        externalParameters: { configSource: { uri: "u", path: "Dockerfile" }, request: { frontend: "f" } },
        internalParameters: { buildConfig: { x: 1 }, builderPlatform: "linux/amd64", dockerfileVersion: "1" },
      },
      runDetails: {
        builder: { id: "b" },
        metadata: {
          invocationId: "i",
          startedOn: "s",
          finishedOn: "f",
          buildkit_hermetic: true,
          buildkit_completeness: { request: true, resolvedDependencies: true },
        },
      },
    };
    const min = {
      builder: { id: "b" },
      buildType: "https://mobyproject.org/buildkit@v1",
      materials: [{ uri: "pkg:docker/busybox" }],
      invocation: {
        configSource: { uri: "u", entryPoint: "Dockerfile" },
        parameters: { frontend: "f" },
        environment: { platform: "linux/amd64", dockerfileVersion: "1" },
      },
    };
    expect(provenanceV02(v1, "min")).toEqual(min);
    expect(provenanceV02(v1, "max")).toEqual({
      ...min,
      buildConfig: { x: 1 },
      metadata: {
        buildInvocationID: "i",
        buildStartedOn: "s",
        buildFinishedOn: "f",
        completeness: { parameters: true, environment: true, materials: true },
        reproducible: false,
        "https://mobyproject.org/buildkit@v1#hermetic": true,
      },
    });
  });
});
