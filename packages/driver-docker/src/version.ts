/**
 * BuildKit's version by the first Docker that contains it, newest first: for daemons before 24.0, which do not
 * tell it. From the dependencies of github.com/moby/moby at each release.
 */
const CONTAINED: ReadonlyArray<readonly [docker: string, buildkit: string]> = [
  ["23.0.0", "v0.10.6"],
  ["22.6.0", "v0.10.3"],
  ["20.10.4", "v0.8.2"],
  ["20.10.0", "v0.8.1"],
  ["19.3.7", "v0.6.4"],
  ["19.3.5", "v0.6.3"],
  ["19.3.3", "v0.6.2"],
];

/** The version of the BuildKit in a Docker before 24.0; undefined where it is not known. */
export function buildkitVersion(docker: string): string | undefined {
  const version = numbers(docker);
  if (version[0]! >= 24) return undefined;
  return CONTAINED.find(([first]) => !isOlder(version, numbers(first)))?.[1];
}

function isOlder(version: readonly number[], than: readonly number[]): boolean {
  const at = than.findIndex((number, index) => (version[index] ?? 0) !== number);
  return at >= 0 && (version[at] ?? 0) < than[at]!;
}

function numbers(version: string): number[] {
  return (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? "0").split(".").map(Number);
}
