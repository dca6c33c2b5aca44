/** The newest API that this client knows. */
const NEWEST = "1.48";

/** The newest version that both sides know. A daemon that names none is as old as the API without versions. */
export function commonVersion(daemon: string | undefined): string {
  if (daemon === undefined || !/^\d+\.\d+$/.test(daemon)) return OLDEST;
  return isNewer(daemon, NEWEST) ? NEWEST : daemon;
}

/** The first version with BuildKit's endpoints. */
const OLDEST = "1.39";

function isNewer(version: string, than: string): boolean {
  const [major, minor] = numbers(version);
  const [otherMajor, otherMinor] = numbers(than);
  return major > otherMajor || (major === otherMajor && minor > otherMinor);
}

function numbers(version: string): [major: number, minor: number] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return [major, minor];
}
