import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TsbxError } from "@tsbx/core/errors";
import { isRecord } from "../discovery/manifest.ts";
import { type DockerConfig, dockerConfigDir } from "../docker-config.ts";
import type { Environment } from "../io.ts";

/** One node as the store has it. */
export interface StoredNode {
  name: string;
  endpoint?: string;
  options: Record<string, string>;
}

/** A builder that was created with buildx; its files are only ever read here. */
export interface StoredBuilder {
  name: string;
  driver: string;
  nodes: [StoredNode, ...StoredNode[]];
}

const NAME = /^[a-zA-Z][a-zA-Z0-9._-]*$/;

/** The directory in which buildx keeps its builders. */
export function storeDir(env: Environment): string {
  return env.BUILDX_CONFIG || join(dockerConfigDir(env), "buildx");
}

/**
 * Reads a builder; `undefined` when the store has none of that name.
 * @throws TsbxError `STORE_UNREADABLE`
 */
export async function readBuilder(dir: string, name: string): Promise<StoredBuilder | undefined> {
  if (!NAME.test(name)) return undefined;
  const path = join(dir, "instances", name.toLowerCase());
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const json = parse(path, text);
  const [first, ...others] = (Array.isArray(json.Nodes) ? json.Nodes : []).filter(isRecord).map(nodeOf);
  if (typeof json.Driver !== "string" || !first) {
    throw unreadable(path, new Error("it has no driver or no nodes"));
  }
  return { name: String(json.Name ?? name), driver: json.Driver, nodes: [first, ...others] };
}

/**
 * Name of the builder that is in use for the docker endpoint `key`, if any: what `current` says when it is
 * global or was set for this endpoint, else the endpoint's default.
 */
export async function currentBuilder(dir: string, key: string): Promise<string | undefined> {
  const path = join(dir, "current");
  const text = await readIfThere(path);
  const current = text ? parse(path, text) : {};
  if (typeof current.Name === "string" && current.Name !== "") {
    if (current.Global === true && (await readBuilder(dir, current.Name))) return current.Name;
    if (current.Key === key) return (await readBuilder(dir, current.Name)) ? current.Name : undefined;
  }
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 20);
  return (await readIfThere(join(dir, "defaults", hash)))?.trim() || undefined;
}

/** What the store calls the docker endpoint in use: the context's name, or the default context's host. */
export function endpointKey(config: DockerConfig, env: Environment): string {
  const context = env.DOCKER_HOST ? "default" : env.DOCKER_CONTEXT || config.currentContext || "default";
  return context === "default" ? env.DOCKER_HOST || "unix:///var/run/docker.sock" : context;
}

function nodeOf(json: Record<string, unknown>): StoredNode {
  const options = isRecord(json.DriverOpts) ? Object.entries(json.DriverOpts) : [];
  return {
    name: String(json.Name ?? ""),
    ...(typeof json.Endpoint === "string" && json.Endpoint !== "" && { endpoint: json.Endpoint }),
    options: Object.fromEntries(options.map(([key, value]) => [key, String(value)])),
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(path, error);
  }
}

function parse(path: string, text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (isRecord(json)) return json;
  } catch (error) {
    throw unreadable(path, error);
  }
  throw unreadable(path, new Error("it is no JSON object"));
}

function unreadable(path: string, cause: unknown): TsbxError {
  return new TsbxError(
    "STORE_UNREADABLE",
    `cannot read the builder store: ${path}: ${(cause as Error).message}`,
    {
      cause,
    },
  );
}
