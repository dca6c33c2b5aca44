import { contextHost, type DockerConfig, dockerContext } from "../docker-config.ts";
import type { Environment } from "../io.ts";

const NAMES = {
  httpProxy: "HTTP_PROXY",
  httpsProxy: "HTTPS_PROXY",
  noProxy: "NO_PROXY",
  ftpProxy: "FTP_PROXY",
} as const;

/**
 * Build arguments for the proxies that docker's configuration has for the daemon of the docker context in use, else
 * for any daemon. Those that `given` names, in whatever case, are left out.
 */
export async function proxyBuildArgs(
  config: DockerConfig,
  given: Readonly<Record<string, string>>,
  env: Environment,
): Promise<Record<string, string>> {
  const { default: general, ...ofDaemons } = config.proxies ?? {};
  const specific = Object.keys(ofDaemons).length > 0;
  const host = specific ? await contextHost(env, dockerContext(env, config)) : undefined;
  const proxies = (host !== undefined && Object.hasOwn(ofDaemons, host) && ofDaemons[host]) || general;
  const named = new Set(Object.keys(given).map((name) => name.toUpperCase()));
  const args: Record<string, string> = {};
  for (const [key, name] of Object.entries(NAMES)) {
    const value = proxies?.[key];
    if (value && !named.has(name)) args[name] = value;
  }
  return args;
}
