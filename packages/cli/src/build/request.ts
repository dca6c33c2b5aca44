import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { addAbortSignal } from "node:stream";
import type { BuildOptions } from "@tsbx/core";
import { readClientId } from "../builders/client-id.ts";
import type { BuilderHost } from "../builders/host.ts";
import type { CommandContext } from "../commands/command.ts";
import type { ArgumentOptions } from "./arguments.ts";
import { withAwsCredentials } from "./aws-credentials.ts";
import { readSources } from "./context.ts";
import { gitInfo } from "./git-info.ts";
import { proxyBuildArgs } from "./proxies.ts";
import { sourcePolicy } from "./source-policy.ts";
import { sshSources } from "./ssh.ts";

interface RequestInput {
  options: ArgumentOptions;
  /** The context argument. */
  path: string;
  file: string | undefined;
  host: Pick<BuilderHost, "dockerConfig" | "store">;
}

/** Completes the options with what has to be read first: stdin, the work tree, docker's proxies, the client's id. */
export async function buildRequest(
  { options, path, file, host }: RequestInput,
  context: CommandContext,
): Promise<BuildOptions> {
  const { env, cwd } = context.io;
  const reading = readSources(path, file, () => addAbortSignal(context.signal, context.io.stdin));
  // Awaited below: who stops while stdin is read must not leave the others writing.
  reading.catch(() => {});
  const buildArgs = options.buildArgs ?? {};
  const [proxies, policy, ssh, clientId, vcs] = await all(
    proxyBuildArgs(host.dockerConfig, buildArgs, env),
    sourcePolicy(context.io),
    sshSources(options.ssh, cwd),
    readClientId(host.store.dir),
    vcsAttributes(path, file, options.buildContexts ?? {}, context),
  );
  const [cacheFrom, cacheTo] = await Promise.all(
    [options.cacheFrom ?? [], options.cacheTo ?? []].map((caches) => withAwsCredentials(caches, env)),
  );
  const sources = await reading;
  return {
    ...options,
    ...sources,
    ssh,
    ...(cacheFrom && { cacheFrom }),
    ...(cacheTo && { cacheTo }),
    buildArgs: { ...buildArgs, ...proxies },
    ...(clientId && { clientId }),
    ...(policy && { sourcePolicy: policy }),
    frontendAttrs: { ...vcs, ...options.frontendAttrs },
    signal: context.signal,
  };
}

/** Like `Promise.all`, and nothing goes on when it fails. */
async function all<T extends readonly Promise<unknown>[]>(...promises: T) {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

async function vcsAttributes(
  path: string,
  file: string | undefined,
  contexts: Readonly<Record<string, string>>,
  { io: { env, cwd }, signal, warn }: CommandContext,
): Promise<Record<string, string>> {
  const context = resolve(cwd, path);
  if (path === "-" || !(await isDirectory(context))) return {};
  const dockerfile = file === "-" ? undefined : file ? resolve(cwd, file) : join(context, "Dockerfile");
  const dirs = {
    ...(await namedDirs(contexts, cwd)),
    context,
    ...(dockerfile && { dockerfile: dirname(dockerfile) }),
  };
  return gitInfo({ dirs, ...(dockerfile && { file: dockerfile }) }, { env, signal, warn });
}

/** Those of the named contexts that are directories, by the names under which the daemon mounts them. */
async function namedDirs(
  contexts: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Record<string, string>> {
  const dirs: Record<string, string> = {};
  for (const [name, value] of Object.entries(contexts)) {
    const directory = resolve(cwd, value);
    // The build's own two keep their names.
    const mount = name === "context" || name === "dockerfile" ? `_${name}` : name;
    if (await isDirectory(directory)) dirs[mount] = directory;
  }
  return dirs;
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
