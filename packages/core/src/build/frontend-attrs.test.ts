import { describe, expect, test } from "vitest";
import { planAttestations } from "./attestations.ts";
import { planFrontendAttrs } from "./frontend-attrs.ts";
import type { BuildOptions } from "./options.ts";
import { emptyPlan } from "./plan.ts";

type Options = Omit<BuildOptions, "context">;

function planned(options: Options) {
  const plan = emptyPlan();
  planFrontendAttrs({ context: ".", ...options }, plan);
  return { frontend: plan.frontend, ...Object.fromEntries(plan.attrs) };
}

describe("frontend attributes", () => {
  test.each<[string, Options, Record<string, string>]>([
    ["nothing", {}, {}],
    ["arguments", { buildArgs: { A: "1", B: "" } }, { "build-arg:A": "1", "build-arg:B": "" }],
    ["labels", { labels: { a: "=x" } }, { "label:a": "=x" }],
    ["target", { target: "t" }, { target: "t" }],
    ["platforms", { platforms: ["linux/x86_64", "linux/arm"] }, { platform: "linux/amd64,linux/arm/v7" }],
    ["no platforms", { platforms: [] }, {}],
    ["no cache", { noCache: true }, { "no-cache": "" }],
    ["no cache for stages", { noCache: ["a", "b"] }, { "no-cache": "a,b" }],
    ["cache", { noCache: false }, {}],
    ["cache for no stage", { noCache: [] }, {}],
    ["pull", { pull: true }, { "image-resolve-mode": "pull" }],
    ["the host's network", { network: "host" }, { "force-network-mode": "host" }],
    ["no network", { network: "none" }, { "force-network-mode": "none" }],
    ["the default network", { network: "default" }, {}],
    [
      "always several platforms",
      { buildArgs: { BUILDKIT_MULTI_PLATFORM: "1" } },
      { "build-arg:BUILDKIT_MULTI_PLATFORM": "1", "multi-platform": "true" },
    ],
    [
      "a syntax",
      { buildArgs: { BUILDKIT_SYNTAX: " docker/dockerfile:1  --flag" } },
      {
        "build-arg:BUILDKIT_SYNTAX": " docker/dockerfile:1  --flag",
        frontend: "gateway.v0",
        source: "docker/dockerfile:1",
        cmdline: " docker/dockerfile:1  --flag",
      },
    ],
  ])("%s", (_, options, expected) => {
    expect(planned(options)).toEqual({ frontend: "dockerfile.v0", ...expected });
  });

  test.each<[Options, string]>([
    [{ network: "bridge" }, "UNSUPPORTED_NETWORK"],
    [{ buildArgs: { BUILDKIT_SYNTAX: " " } }, "INVALID_BUILD_ARG"],
    [{ platforms: ["x64"] }, "INVALID_PLATFORM"],
  ])("%j is refused", (options, code) => {
    expect(() => planned(options)).toThrow(expect.objectContaining({ code }));
  });
});

describe("attestations", () => {
  test.each<[BuildOptions["attestations"], boolean, Record<string, string>]>([
    [undefined, true, { "attest:provenance": "mode=min,inline-only=true" }],
    [undefined, false, {}],
    [{ provenance: false }, true, {}],
    [{ provenance: { mode: "max" } }, true, { "attest:provenance": "mode=max,type=provenance" }],
    [{ sbom: {} }, false, { "attest:sbom": "type=sbom" }],
    [
      { sbom: { generator: 'a,"b"' }, provenance: false },
      true,
      { "attest:sbom": '"generator=a,""b""",type=sbom' },
    ],
  ])("%j, supported: %s", (attestations, supported, expected) => {
    const plan = emptyPlan();
    planAttestations({ context: ".", ...(attestations && { attestations }) }, supported, plan);
    expect(Object.fromEntries(plan.attrs)).toEqual(expected);
  });
});
