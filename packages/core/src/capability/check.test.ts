import { describe, expect, it, test } from "vitest";
import type { BuildOptions } from "../build/options.ts";
import type { Capabilities } from "./capability.ts";
import { CapabilityError, capabilityNeeds, checkCapabilities, utmostCapabilities } from "./check.ts";

const NOTHING: Capabilities = {
  autoLoad: false,
  load: false,
  cacheExport: "none",
  dockerTarball: false,
  ociTarball: false,
  multiPlatform: false,
  attestations: false,
  buildkitConfig: "no",
};
const EVERYTHING: Capabilities = {
  autoLoad: true,
  load: true,
  cacheExport: "all",
  dockerTarball: true,
  ociTarball: true,
  multiPlatform: true,
  attestations: true,
  buildkitConfig: "yes",
};

const NEEDS: Array<[Partial<BuildOptions>, keyof Capabilities, string]> = [
  [{ outputs: [{ type: "oci", dest: "o.tar" }] }, "ociTarball", "--output type=oci"],
  [{ outputs: [{ type: "oci", tar: false, dest: "o" }] }, "ociTarball", "--output type=oci"],
  [{ outputs: [{ type: "docker", dest: "o.tar" }] }, "dockerTarball", "--output type=docker,dest=..."],
  [{ outputs: [{ type: "docker" }] }, "load", "--output type=docker"],
  [{ load: true }, "load", "--load"],
  [{ cacheTo: [{ type: "registry", attrs: {} }] }, "cacheExport", "--cache-to type=registry"],
  [{ cacheTo: [{ type: "inline", attrs: {} }] }, "cacheExport", "--cache-to type=inline"],
  [{ cacheTo: [{ type: "none", attrs: {} }] }, "cacheExport", "--cache-to type=none"],
  [{ platforms: ["linux/amd64", "linux/arm64"] }, "multiPlatform", "--platform linux/amd64,linux/arm64"],
  [{ attestations: { sbom: {} } }, "attestations", "--attest type=sbom"],
];

describe.each(NEEDS)("a build with %j", (options, capability, asked) => {
  const needs = capabilityNeeds({ context: ".", ...options });

  it("is refused by a node that can do nothing, with the way out", () => {
    const check = () => checkCapabilities(needs, NOTHING, { name: "poor" });
    expect(check).toThrow(CapabilityError);
    expect(check).toThrow(`${asked} is not supported by the poor driver`);
    expect(check).toThrow(expect.objectContaining({ code: "CAPABILITY_MISSING", capability, asked }));
  });

  it("is taken by a node that can do everything", () => {
    checkCapabilities(needs, EVERYTHING, { name: "rich" });
  });
});

test("what is not asked for is not needed", () => {
  const options: BuildOptions = {
    context: ".",
    platforms: ["linux/arm64"],
    outputs: [{ type: "local", dest: "o" }, { type: "tar", dest: "o.tar" }, { type: "image" }],
    attestations: { provenance: false },
  };
  expect(capabilityNeeds(options)).toEqual([]);
});

test("inline cache export is enough for the inline cache alone", () => {
  const inline: Capabilities = { ...NOTHING, cacheExport: "inline" };
  const needs = (type: string) => capabilityNeeds({ context: ".", cacheTo: [{ type, attrs: {} }] });
  checkCapabilities(needs("inline"), inline, { name: "d" });
  expect(() => checkCapabilities(needs("local"), inline, { name: "d" })).toThrow("type=local");
});

test("a list of cache types is enough for those", () => {
  const some: Capabilities = { ...NOTHING, cacheExport: ["gha", "local"] };
  const needs = (type: string) => capabilityNeeds({ context: ".", cacheTo: [{ type, attrs: {} }] });
  checkCapabilities(needs("local"), some, { name: "d" });
  for (const type of ["inline", "s3", "all", "none"]) {
    expect(() => checkCapabilities(needs(type), some, { name: "d" })).toThrow(
      `--cache-to type=${type} is not supported by the d driver`,
    );
  }
});

test("a driver's variants count towards the utmost, and are named", () => {
  const variants = [{ when: "with the other store", capabilities: { ociTarball: true } }];
  expect(utmostCapabilities({ capabilities: NOTHING, variants }).ociTarball).toBe(true);
  const needs = capabilityNeeds({ context: ".", outputs: [{ type: "oci", dest: "o.tar" }] });
  expect(() => checkCapabilities(needs, NOTHING, { name: "d", variants })).toThrow(
    "; it is with the other store",
  );
});
