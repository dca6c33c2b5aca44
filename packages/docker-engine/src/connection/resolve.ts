import { dockerHost, normalDockerHost, TsbxError } from "@tsbx/core/driver";
import type { Environment } from "../contexts/config.ts";
import {
  currentContextName,
  DEFAULT_CONTEXT,
  type DockerContext,
  findContext,
} from "../contexts/contexts.ts";
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
  return targetOf(await namedContext(endpoint && isUrl(endpoint) ? DEFAULT_CONTEXT : endpoint, env));
}

/**
 * The endpoint as it can be kept: it stays the same daemon's when another is chosen in the environment.
 * @param endpoint a context's name, or a host as in `DOCKER_HOST`; by default the current context
 * @throws TsbxError `DOCKER_CONTEXT_NOT_FOUND`, `DOCKER_CONFIG_INVALID`
 */
export async function lastingEndpoint(endpoint: string | undefined, env: Environment): Promise<string> {
  // A context has neither in its name.
  if (endpoint && /[:/]/.test(endpoint)) return normalDockerHost(endpoint);
  const { name, host } = await namedContext(endpoint, env);
  return name === DEFAULT_CONTEXT ? host : name;
}

async function namedContext(given: string | undefined, env: Environment): Promise<DockerContext> {
  const name = given ?? (await currentContextName(env));
  const context = await findContext(env, name);
  if (context === undefined) {
    throw new TsbxError("DOCKER_CONTEXT_NOT_FOUND", `there is no docker context ${JSON.stringify(name)}`, {
      hint: "`docker context ls` lists them; DOCKER_CONTEXT and `docker context use` choose one.",
    });
  }
  return context;
}

/**
 * Whether an endpoint's daemon is on this machine, as far as its address tells: behind a socket or a pipe.
 * @throws TsbxError as {@link resolveEndpoint}
 */
export async function isLocalEndpoint(endpoint: string | undefined, env: Environment): Promise<boolean> {
  return (await resolveEndpoint(endpoint, env)).address.kind === "socket";
}

function targetOf({ host, skipTlsVerify, tlsDir }: DockerContext): EngineTarget {
  return { host, address: parseAddress(host), skipTlsVerify, ...(tlsDir === undefined ? {} : { tlsDir }) };
}
