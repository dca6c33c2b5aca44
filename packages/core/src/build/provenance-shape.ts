type Json = Record<string, unknown>;

const BUILD_TYPE = "https://mobyproject.org/buildkit@v1";

/**
 * A provenance predicate in the shape of SLSA 0.2, which is what metadata files hold, out of that or of
 * version 1, which is what daemons since 0.20 record. See slsa.dev/spec for both.
 */
export function provenanceV02(predicate: Readonly<Json>, mode: "min" | "max"): Json {
  const { buildConfig, metadata, ...rest } = "buildDefinition" in predicate ? fromV1(predicate) : predicate;
  if (mode === "min") return rest;
  return {
    ...rest,
    ...(buildConfig !== undefined && { buildConfig }),
    ...(metadata !== undefined && { metadata }),
  };
}

function fromV1(predicate: Readonly<Json>): Json {
  const { resolvedDependencies, externalParameters, internalParameters } = child(
    predicate,
    "buildDefinition",
  );
  const { builder, metadata } = child(predicate, "runDetails");
  const { configSource, request } = object(externalParameters);
  const { buildConfig, builderPlatform, ...environment } = object(internalParameters);
  const { path, ...source } = object(configSource);
  return {
    builder,
    buildType: BUILD_TYPE,
    materials: resolvedDependencies,
    invocation: {
      configSource: { ...source, entryPoint: path },
      parameters: request,
      environment: { ...environment, platform: builderPlatform },
    },
    buildConfig,
    metadata: metadataFromV1(object(metadata)),
  };
}

function metadataFromV1(metadata: Json): Json {
  const completeness = child(metadata, "buildkit_completeness");
  return {
    buildInvocationID: metadata.invocationId,
    buildStartedOn: metadata.startedOn,
    buildFinishedOn: metadata.finishedOn,
    completeness: {
      parameters: completeness.request ?? false,
      environment: true,
      materials: completeness.resolvedDependencies ?? false,
    },
    reproducible: metadata.buildkit_reproducible ?? false,
    ...(metadata.buildkit_hermetic === true && { [`${BUILD_TYPE}#hermetic`]: true }),
    ...(metadata.buildkit_metadata !== undefined && {
      [`${BUILD_TYPE}#metadata`]: metadata.buildkit_metadata,
    }),
  };
}

function child(parent: Readonly<Json>, key: string): Json {
  return object(parent[key]);
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
