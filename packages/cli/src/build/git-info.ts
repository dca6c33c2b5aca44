import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { isAbsolute, relative } from "node:path";
import { promisify } from "node:util";
import { parseBoolean } from "../flags/boolean.ts";
import type { Environment } from "../io.ts";

const run = promisify(execFile);

/** Local directories of a build, by mount name. */
export type LocalDirs = Readonly<{ context: string; [mount: string]: string }>;

interface GitFiles {
  dirs: LocalDirs;
  /** The Dockerfile, where it is one on disk. */
  file?: string;
}

interface GitInfoOptions {
  env: Environment;
  signal: AbortSignal;
  warn: (text: string) => void;
}

/**
 * What the provenance says about the work tree that the context lies in, as frontend attributes: `vcs:revision`,
 * `vcs:source` and `vcs:localdir:*`, and with `BUILDX_GIT_LABELS` labels that say it too. None outside a work
 * tree, or without git; `BUILDX_GIT_INFO=false` leaves out all but the labels.
 */
export async function gitInfo(
  { dirs, file }: GitFiles,
  options: GitInfoOptions,
): Promise<Record<string, string>> {
  const { env, signal, warn } = options;
  const wantsInfo = parseBoolean(env.BUILDX_GIT_INFO ?? "") !== false;
  const wantsLabels = env.BUILDX_GIT_LABELS === "full" || parseBoolean(env.BUILDX_GIT_LABELS ?? "") === true;
  if (!wantsInfo && !wantsLabels) return {};
  const git = async (...args: string[]) => {
    const { stdout } = await run("git", ["-C", dirs.context, ...args], {
      env: { ...env, LC_ALL: "C" },
      signal,
    });
    return stdout.trim();
  };
  const optional = (...args: string[]) => git(...args).catch(() => "");

  const root = await optional("rev-parse", "--show-toplevel");
  if (!root) return {};
  try {
    const [revision, source, dirty, localDirs] = await Promise.all([
      git("show", "--format=%H", "HEAD", "--quiet", "--").catch(noneYet),
      sourceOf(optional),
      parseBoolean(env.BUILDX_GIT_CHECK_DIRTY ?? "") ? git("status", "--porcelain", "--ignored") : "",
      localDirAttrs(dirs, root),
    ]);
    const found = { revision: revision && dirty ? `${revision}-dirty` : revision, source };
    return {
      ...(wantsInfo && {
        ...(revision && { "vcs:revision": found.revision }),
        ...(source && { "vcs:source": source }),
        ...localDirs,
      }),
      ...(wantsLabels && labelAttrs({ ...found, entrypoint: file && (await insidePath(file, root)) })),
    };
  } catch (error) {
    if (!signal.aborted) {
      warn(`current commit information was not captured by the build: ${(error as Error).message.trim()}`);
    }
    return {};
  }
}

/** Stands for the revision of a work tree that has no commit yet. */
function noneYet(error: Error): string {
  if (/unknown revision|bad revision/.test(error.message)) return "";
  throw error;
}

/** URL of the remote that the current branch follows, else of `origin`, else of `upstream`, without credentials. */
async function sourceOf(git: (...args: string[]) => Promise<string>): Promise<string> {
  const branch = await git("symbolic-ref", "-q", "HEAD");
  const followed = branch && (await git("for-each-ref", "--format=%(upstream:remotename)", branch));
  for (const remote of [followed, "origin", "upstream"]) {
    const url = remote && (await git("remote", "get-url", remote));
    if (url) return redacted(url);
  }
  return "";
}

function redacted(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@]*@/i, "$1");
}

async function localDirAttrs(dirs: LocalDirs, root: string): Promise<Record<string, string>> {
  const attrs: Record<string, string> = {};
  for (const [mount, dir] of Object.entries(dirs)) {
    const path = await insidePath(dir, root);
    if (path !== undefined) attrs[`vcs:localdir:${mount}`] = path;
  }
  return attrs;
}

/** The path from the work tree's root, or undefined for what is outside of it. */
async function insidePath(path: string, root: string): Promise<string | undefined> {
  const inside = relative(root, await realpath(path).catch(() => path));
  return inside.startsWith("..") || isAbsolute(inside) ? undefined : inside || ".";
}

function labelAttrs(found: { revision: string; source: string; entrypoint: string | undefined }) {
  const labels = {
    "org.opencontainers.image.revision": found.revision,
    "org.opencontainers.image.source": found.source,
    "com.docker.image.source.entrypoint": found.entrypoint,
  };
  const known = Object.entries(labels).filter(([, value]) => value);
  return Object.fromEntries(known.map(([key, value]) => [`label:${key}`, value!]));
}
