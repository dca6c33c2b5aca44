import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { dockerHost } from "@tsbx/core/driver";
import type { Environment } from "./io.ts";

/** What tsbx reads of docker's `config.json`, apart from credentials. */
export interface DockerConfig {
  currentContext?: string;
  /** Filters of every prune, as `name=value`. */
  pruneFilters?: readonly string[];
  /** By daemon, or `default`. */
  proxies?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function homeDir(env: Environment): string {
  return env.HOME || env.USERPROFILE || homedir();
}

export function dockerConfigDir(env: Environment): string {
  return env.DOCKER_CONFIG || join(homeDir(env), ".docker");
}

/** Docker's configuration; empty when there is none. One that cannot be read is reported to `warn`. */
export async function readDockerConfig(
  env: Environment,
  warn: (text: string) => void,
): Promise<DockerConfig> {
  const path = join(dockerConfigDir(env), "config.json");
  try {
    return known(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      warn(`cannot read docker's configuration ${path}: ${(error as Error).message}`);
    }
    return {};
  }
}

const DEFAULT_CONTEXT = "default";

/** What is called the docker context in use. */
export function dockerContext(env: Environment, { currentContext }: DockerConfig): string {
  return env.DOCKER_HOST ? DEFAULT_CONTEXT : env.DOCKER_CONTEXT || currentContext || DEFAULT_CONTEXT;
}

/** Where the docker daemon of a context is; undefined when the context's file does not say. */
export async function contextHost(env: Environment, context: string): Promise<string | undefined> {
  if (context === DEFAULT_CONTEXT) return dockerHost(env);
  const id = createHash("sha256").update(context).digest("hex");
  try {
    const meta = await readFile(join(dockerConfigDir(env), "contexts/meta", id, "meta.json"), "utf8");
    const host: unknown = JSON.parse(meta).Endpoints.docker.Host;
    return isText(host) ? host : undefined;
  } catch {
    return undefined;
  }
}

/** The members that are what they should be. */
function known(json: unknown): DockerConfig {
  const { currentContext, pruneFilters, proxies } = fieldsOf(json);
  return {
    ...(typeof currentContext === "string" && { currentContext }),
    ...(Array.isArray(pruneFilters) && { pruneFilters: pruneFilters.filter(isText) }),
    proxies: Object.fromEntries(
      Object.entries(fieldsOf(proxies)).map(([daemon, each]) => [
        daemon,
        Object.fromEntries(
          Object.entries(fieldsOf(each)).filter((entry): entry is [string, string] => isText(entry[1])),
        ),
      ]),
    ),
  };
}

function fieldsOf(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json) ? { ...json } : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
