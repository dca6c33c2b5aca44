/**
 * Whether one of OpenSSH's pattern lists matches a host (ssh_config(5), PATTERNS): `*` and `?` are wildcards,
 * and a pattern behind `!` that matches forbids the whole list.
 */
export function matchesPatterns(patterns: readonly string[], host: string): boolean {
  const matches = (pattern: string) => matchesPattern(pattern.toLowerCase(), host.toLowerCase());
  if (patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith("!") && matches(pattern));
}

/** In no more steps than the lengths multiplied: after a mismatch, only the last `*` takes one character more. */
function matchesPattern(pattern: string, host: string): boolean {
  let [at, star, retry] = [0, -1, 0];
  for (let i = 0; i < host.length; ) {
    if (pattern[at] === "*") [star, retry, at] = [at, i, at + 1];
    else if (pattern[at] === "?" || pattern[at] === host[i]) [at, i] = [at + 1, i + 1];
    else if (star >= 0) [at, i, retry] = [star + 1, retry + 1, retry + 1];
    else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
