import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { dockerHost } from "@tsbx/core/driver";
import { dockerConfigDir, type Environment, isAbsence, isRecord, readConfigFile } from "./config.ts";

/** The context that stands for the environment: `DOCKER_HOST`, or the local daemon. */
export const DEFAULT_CONTEXT = "default";

/** A docker context: a daemon with a name. */
export interface DockerContext {
  name: string;
  description?: string;
  /** Where the daemon is: a URL such as `unix:///var/run/docker.sock`. */
  host: string;
  /** The daemon's certificate is not verified. */
  skipTlsVerify: boolean;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`, as far as there are any. Absent: no TLS files. */
  tlsDir?: string;
}

/**
 * The name of the context that commands use: `default` when `DOCKER_HOST` is set, else `DOCKER_CONTEXT`, else
 * the one chosen with `docker context use`, else `default`. The context need not exist.
 * @throws TsbxError `DOCKER_CONFIG_INVALID`
 */
export async function currentContextName(env: Environment): Promise<string> {
  if (env.DOCKER_HOST) return DEFAULT_CONTEXT;
  if (env.DOCKER_CONTEXT) return env.DOCKER_CONTEXT;
  const config = await readConfigFile(join(dockerConfigDir(env), "config.json"));
  const current = config?.currentContext;
  return typeof current === "string" && current !== "" ? current : DEFAULT_CONTEXT;
}

/**
 * All contexts that have a Docker daemon, `default` first, the others by name.
 * @throws TsbxError `DOCKER_CONFIG_INVALID`
 */
export async function listContexts(env: Environment): Promise<readonly DockerContext[]> {
  const stored = join(dockerConfigDir(env), "contexts", "meta");
  const ids = await readdir(stored).catch((error: unknown) => {
    if (isAbsence(error)) return [];
    throw error;
  });
  const contexts = await Promise.all(ids.map((id) => readContext(env, id)));
  const named = contexts.filter((context) => context !== undefined);
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [defaultContext(env), ...named];
}

/**
 * The context of that name, or undefined when there is none.
 * @throws TsbxError `DOCKER_CONFIG_INVALID`
 */
export async function findContext(env: Environment, name: string): Promise<DockerContext | undefined> {
  if (name === DEFAULT_CONTEXT) return defaultContext(env);
  return readContext(env, createHash("sha256").update(name).digest("hex"));
}

function defaultContext(env: Environment): DockerContext {
  const verify = Boolean(env.DOCKER_TLS_VERIFY);
  return {
    name: DEFAULT_CONTEXT,
    host: dockerHost(env),
    skipTlsVerify: !verify,
    ...(verify || env.DOCKER_TLS ? { tlsDir: env.DOCKER_CERT_PATH || dockerConfigDir(env) } : {}),
  };
}

async function readContext(env: Environment, id: string): Promise<DockerContext | undefined> {
  const contexts = join(dockerConfigDir(env), "contexts");
  const meta = await readConfigFile(join(contexts, "meta", id, "meta.json"));
  if (typeof meta?.Name !== "string" || !isRecord(meta.Endpoints)) return undefined;
  const { docker } = meta.Endpoints;
  if (!isRecord(docker) || typeof docker.Host !== "string" || docker.Host === "") return undefined;
  const description = isRecord(meta.Metadata) ? meta.Metadata.Description : undefined;
  return {
    name: meta.Name,
    ...(typeof description === "string" && description !== "" ? { description } : {}),
    host: docker.Host,
    skipTlsVerify: docker.SkipTLSVerify === true,
    tlsDir: join(contexts, "tls", id, "docker"),
  };
}
