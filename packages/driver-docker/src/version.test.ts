import { expect, test } from "vitest";
import { buildkitVersion } from "./version.ts";

test.each([
  ["20.10.24+dfsg1", "v0.8.2"],
  ["20.10.4", "v0.8.2"],
  ["20.10.3", "v0.8.1"],
  ["19.03.15", "v0.6.4"],
  ["23.0.6", "v0.10.6"],
  ["22.06.0-beta.0", "v0.10.3"],
  ["18.09.9", undefined],
  ["24.0.0", undefined],
  ["29.1.0", undefined],
  ["library-import", undefined],
])("Docker %s has BuildKit %s", (docker, buildkit) => {
  expect(buildkitVersion(docker)).toBe(buildkit);
});
