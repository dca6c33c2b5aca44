import { matchesPatterns } from "./pattern.ts";

/** What a user's ssh configuration says about one host, of the keywords that are understood. */
export interface SshConfig {
  hostname?: string;
  user?: string;
  port?: number;
  identityFiles: string[];
  /** Paths, separated by white space. */
  userKnownHostsFiles?: string[];
  /** `ProxyJump` or `ProxyCommand`, when one of them is set. */
  proxy?: string;
}

/**
 * Looks a host up in the text of an ssh configuration (ssh_config(5)): the first value of each keyword counts,
 * except that all IdentityFile lines do. Of `Match` only `Match all` is understood; `Include` is not.
 */
export function lookupSshConfig(text: string, host: string): SshConfig {
  const config: SshConfig = { identityFiles: [] };
  let applies = true;
  for (const line of text.split("\n")) {
    const [keyword, ...values] = words(line);
    const name = keyword?.toLowerCase();
    if (name === undefined || values.length === 0) continue;
    if (name === "host") applies = matchesPatterns(values, host);
    else if (name === "match") applies = values.length === 1 && values[0]?.toLowerCase() === "all";
    else if (applies) apply(config, name, values);
  }
  return config;
}

function apply(config: SshConfig, name: string, values: readonly string[]): void {
  const value = values[0]!;
  switch (name) {
    case "hostname":
      config.hostname ??= value;
      break;
    case "user":
      config.user ??= value;
      break;
    case "port":
      if (/^\d+$/.test(value)) config.port ??= Number(value);
      break;
    case "identityfile":
      config.identityFiles.push(value);
      break;
    case "userknownhostsfile":
      config.userKnownHostsFiles ??= [...values];
      break;
    case "proxyjump":
    case "proxycommand":
      config.proxy ??= value.toLowerCase() === "none" ? "" : `${name} ${values.join(" ")}`;
      break;
  }
}

/** The words of a line: a keyword, `=` or white space, and values that may be quoted. */
function words(line: string): string[] {
  const text = line.trim();
  if (text.startsWith("#")) return [];
  const found = text.replace(/^([^\s=]+)\s*=\s*/, "$1 ").match(/"[^"]*"|\S+/g) ?? [];
  return found.map((word) => word.replace(/^"(.*)"$/, "$1"));
}
