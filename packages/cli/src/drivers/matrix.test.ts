import type { Capabilities, Driver } from "@tsbx/core/driver";
import { expect, test } from "vitest";
import { capabilityMatrix } from "./matrix.ts";

const capabilities: Capabilities = {
  autoLoad: true,
  load: true,
  cacheExport: "inline",
  dockerTarball: false,
  ociTarball: false,
  multiPlatform: false,
  attestations: true,
  buildkitConfig: "external",
};
const plain = { name: "plain", capabilities } as Driver;
const other = {
  name: "other",
  capabilities,
  variants: [
    { when: "on Sundays", capabilities: { cacheExport: ["gha", "local"], ociTarball: true } },
    { when: "at night", capabilities: { multiPlatform: true } },
  ],
} as unknown as Driver;

test("a line for each capability, with conditions below", () => {
  expect(capabilityMatrix([plain, other], 60)).toBe(`                   plain     other
auto load          yes       yes
--load             yes       yes
--cache-to         inline    inline*
docker tarball     no        no
OCI tarball        no        no*
several platforms  no        no*
attestations       yes       yes
BuildKit config    external  external
* other: on Sundays: --cache-to gha/local, OCI tarball yes;
  at night: several platforms yes
`);
});
