const GIT_SCHEME = /^(?:git|ssh):\/\//;
/** `user@host:path`, as ssh and git take it. */
const SCP_LIKE = /^[a-zA-Z0-9-_]+@[a-zA-Z0-9.-]+:(?!\/\/)/;
const HTTP = /^https?:\/\//;

/** Whether the daemon is to fetch this context itself: a git reference or an http(s) URL. */
export function isRemoteUrl(text: string): boolean {
  return HTTP.test(text) || isGitReference(text);
}

/** Whether this is to be fetched over http(s), whatever it is. */
export function isHttpUrl(text: string): boolean {
  return HTTP.test(text);
}

/** Git references as BuildKit understands them; a path that starts with `./` or `../` never is one. */
export function isGitReference(text: string): boolean {
  if (text.startsWith("./") || text.startsWith("../")) return false;
  if (GIT_SCHEME.test(text) || SCP_LIKE.test(text) || text.startsWith("github.com/")) return true;
  return HTTP.test(text) && /\.git(?:[#?]|$)/.test(text);
}

/** Whether a git reference carries options after a `?`, which old frontends do not know. */
export function hasGitQuery(text: string): boolean {
  return isGitReference(text) && /\?[^#]/.test(text);
}
