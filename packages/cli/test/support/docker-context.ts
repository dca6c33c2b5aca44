import { loadBed } from "@tsbx/testbed";
import type { Client } from "./client.ts";
import { succeed } from "./process.ts";

/**
 * Has Docker's own command line make a context in a client's configuration.
 * @param endpoint `host`, and where it wants TLS the files `ca`, `cert` and `key`
 */
export async function createContext(
  { env }: Client,
  name: string,
  endpoint: Readonly<Record<string, string>>,
): Promise<void> {
  const docker = Object.entries(endpoint).map(([key, value]) => `${key}=${value}`);
  // The context in use may be the one that is not there yet.
  const args = ["--context", "default", "context", "create", name, "--docker", docker.join(",")];
  const { DOCKER_HOST: _, ...others } = env;
  await succeed(loadBed().ssh.docker, args, { env: others });
}
