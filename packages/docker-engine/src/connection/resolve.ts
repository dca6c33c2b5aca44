import { dockerHost, normalDockerHost, TsbxError } from "@tsbx/core/driver";
import type { Environment } from "../contexts/config.ts";
import { currentContextName, type DockerContext, findContext } from "../contexts/contexts.ts";
import { type EngineAddress, parseAddress } from "./address.ts";

/** Where a daemon is and how its connections are secured. */
export interface EngineTarget {
  /** The daemon's URL. */
  host: string;
  address: EngineAddress;
  /** Folder with the PEM files for TLS; absent when there is none. */
  tlsDir?: string;
  skipTlsVerify: boolean;
}

/** Whether an endpoint is a URL, and not a context's name. */
export function isUrl(endpoint: string): boolean {
  return endpoint.includes("://");
}

/**
 * Checks an endpoint as far as that needs no I/O: a context's name is looked up when it is used.
 * @throws TsbxError `INVALID_ENDPOINT`
 */
export function checkEndpoint(endpoint: string): void {
  if (isUrl(endpoint)) parseAddress(endpoint);
}

/**
 * Finds the daemon of an endpoint.
 * @param endpoint a URL, or a context's name; by default the current context
 * @throws TsbxError `INVALID_ENDPOINT`, `DOCKER_CONTEXT_NOT_FOUND`, `DOCKER_CONFIG_INVALID`
 */
export async function resolveEndpoint(endpoint: string | undefined, env: Environment): Promise<EngineTarget> {
  // The environment's TLS settings belong to the environment's host.
  if (endpoint !== undefined && isUrl(endpoint) && normalDockerHost(endpoint) !== dockerHost(env)) {
    return { host: endpoint, address: parseAddress(endpoint), skipTlsVerify: false };
  }
  const name =
    endpoint === undefined ? await currentContextName(env) : isUrl(endpoint) ? "default" : endpoint;
  const context = await findContext(env, name);
  if (context === undefined) {
    throw new TsbxError("DOCKER_CONTEXT_NOT_FOUND", `there is no docker context ${JSON.stringify(name)}`, {
      hint: "`docker context ls` lists them; DOCKER_CONTEXT and `docker context use` choose one.",
    });
  }
  return targetOf(context);
}

function targetOf({ host, skipTlsVerify, tlsDir }: DockerContext): EngineTarget {
  return { host, address: parseAddress(host), skipTlsVerify, ...(tlsDir === undefined ? {} : { tlsDir }) };
}
