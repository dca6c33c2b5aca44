import type { DockerConfig } from "../docker-config.ts";
import type { Environment } from "../io.ts";

const NAMES = {
  httpProxy: "HTTP_PROXY",
  httpsProxy: "HTTPS_PROXY",
  noProxy: "NO_PROXY",
  ftpProxy: "FTP_PROXY",
} as const;

/**
 * Build arguments for the proxies that docker's configuration has for the daemon of `DOCKER_HOST`, else for any
 * daemon. Those that `given` names, in whatever case, are left out.
 */
export function proxyBuildArgs(
  config: DockerConfig,
  given: Readonly<Record<string, string>>,
  env: Environment,
): Record<string, string> {
  const proxies = (env.DOCKER_HOST && config.proxies?.[env.DOCKER_HOST]) || config.proxies?.default;
  const named = new Set(Object.keys(given).map((name) => name.toUpperCase()));
  const args: Record<string, string> = {};
  for (const [key, name] of Object.entries(NAMES)) {
    const value = proxies?.[key];
    if (value && !named.has(name)) args[name] = value;
  }
  return args;
}
