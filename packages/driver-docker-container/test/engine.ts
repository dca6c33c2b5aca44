import { randomBytes } from "node:crypto";
import { type NodeConfig, type NodeHandle, parseDriverOptions } from "@tsbx/core/driver";
import { type Engine, isEngineError, openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import driver from "../src/index.ts";
import { containerName, volumeName } from "../src/names.ts";

export const never = new AbortController().signal;
const { docker, registry } = loadBed(["docker", "registry"]);
export const endpoint = docker.containerd.unix;
export const engine: Engine = openEngine(endpoint, {});

/** Where images come from on the bed, which has no internet. */
export const MIRROR = `
[registry."docker.io"]
mirrors = ["${registry.plain.host}"]
[registry."${registry.plain.host}"]
http = true
`;

/** A node name that nobody else has. */
export function nodeName(): string {
  return `test-${randomBytes(4).toString("hex")}`;
}

/** A handle, with options as users give them. */
export function connect(
  name: string,
  options: Readonly<Record<string, string>> = {},
  node: Partial<NodeConfig> = {},
  env: Readonly<Record<string, string>> = {},
): NodeHandle {
  const values = parseDriverOptions(driver.options, options, { driver: driver.name });
  const config = { builder: name, name, endpoint, options: values, ...node };
  return driver.connect(config, { env, stateDir: "/nonexistent/tsbx-test" });
}

/** What the daemon says of something; undefined when it is not there. */
export async function ask<T>(method: string, path: string): Promise<T | undefined> {
  try {
    return await engine.json<T>(method, path, { signal: never });
  } catch (error) {
    if (isEngineError(error, 404)) return undefined;
    throw error;
  }
}

/** What is there of a node: its container, its volume. */
export async function leftovers(name: string): Promise<string[]> {
  const container = await ask("GET", `/containers/${containerName(name)}/json`);
  const volume = await ask("GET", `/volumes/${volumeName(name)}`);
  return [...(container ? [containerName(name)] : []), ...(volume ? [volumeName(name)] : [])];
}

export async function isImageThere(reference: string): Promise<boolean> {
  return (await ask("GET", `/images/${reference}/json`)) !== undefined;
}
