import type { Environment } from "../io.ts";

/** Whether what is printed goes into the log of a GitHub workflow. */
export function isGithubLog({ GITHUB_ACTIONS }: Environment): boolean {
  return GITHUB_ACTIONS === "true";
}

/**
 * Foreign text that may stand in the log of a GitHub workflow. The runner takes for a command what begins a line
 * with `::`, and what has `##[` anywhere in a line; lines end with carriage returns, too.
 */
export function harmless(text: string): string {
  return text.replaceAll("##[", "## [").replace(/(^|[\r\n])(\s*)::/g, "$1$2: :");
}

/** Text for a log of any kind, harmless where that matters. */
export function logText(text: string, env: Environment): string {
  return isGithubLog(env) ? harmless(text) : text;
}
