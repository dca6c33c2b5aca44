import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { SshSource } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import { splitKeyValue } from "../flags/key-value.ts";
import type { Environment } from "../io.ts";

/** Paths of agent sockets or private keys, by id. */
export type SshPaths = Record<string, readonly [string, ...string[]]>;

/** A git context over ssh needs the agent, whether it was asked for or not. */
const GIT_OVER_SSH = /^(?:ssh:\/\/|[\w-]+@[\w.-]+:)/;

/**
 * Reads the values of `--ssh`: `id`, or `id=path,...` with an agent's socket or private keys. Without a path it
 * is the agent of `SSH_AUTH_SOCK`.
 * @throws TsbxError `INVALID_SSH`
 */
export function parseSsh(values: readonly string[], context: string, env: Environment): SshPaths {
  const sources: SshPaths = Object.create(null);
  const wanted = values.length === 0 && GIT_OVER_SSH.test(context) ? ["default"] : values;
  for (const text of wanted) {
    const [name, list = ""] = splitKeyValue(text);
    const id = name || "default";
    if (Object.hasOwn(sources, id)) throw invalid(`duplicate agent ID ${id}`);
    const [first = env.SSH_AUTH_SOCK, ...others] = list.split(",").filter((path) => path !== "");
    if (!first) {
      const hint = "Set SSH_AUTH_SOCK, or name a socket or keys: --ssh default=PATH.";
      throw invalid("invalid empty ssh agent socket", hint);
    }
    sources[id] = [first, ...others];
  }
  return sources;
}

/**
 * Tells agents from keys by looking at the files.
 * @throws TsbxError `INVALID_SSH` for a path that is not there, or an agent among keys.
 */
export async function sshSources(paths: SshPaths, cwd: string): Promise<Record<string, SshSource>> {
  const entries = Object.entries(paths).map(
    async ([id, list]) => [id, await sourceOf(id, list, cwd)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function sourceOf(id: string, list: SshPaths[string], cwd: string): Promise<SshSource> {
  const paths = list.map((path) => resolve(cwd, path));
  const sockets = await Promise.all(paths.map(isSocket));
  if (!sockets.includes(true)) return { keys: paths };
  if (paths.length > 1) throw invalid(`ssh ${id}: an agent's socket cannot be combined with other paths`);
  return { agent: paths[0]! };
}

async function isSocket(path: string): Promise<boolean> {
  // The pipes of Windows are agents, and cannot be looked at.
  if (path.startsWith("\\\\.\\pipe\\")) return true;
  try {
    return (await stat(path)).isSocket();
  } catch (error) {
    throw invalid(`failed to open ssh agent or key ${path}: ${(error as Error).message}`);
  }
}

function invalid(message: string, hint?: string): TsbxError {
  return new TsbxError("INVALID_SSH", message, hint === undefined ? {} : { hint });
}
