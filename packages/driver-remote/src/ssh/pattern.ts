/**
 * Whether one of OpenSSH's pattern lists matches a host (ssh_config(5), PATTERNS): `*` and `?` are wildcards,
 * and a pattern behind `!` that matches forbids the whole list.
 */
export function matchesPatterns(patterns: readonly string[], host: string): boolean {
  const matches = (pattern: string) => toRegExp(pattern).test(host);
  if (patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith("!") && matches(pattern));
}

function toRegExp(pattern: string): RegExp {
  const source = pattern
    // Many stars in a row mean one, and must not cost more.
    .replace(/\*+/g, "*")
    .replace(/[\\^$.+()|{}[\]]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i");
}
