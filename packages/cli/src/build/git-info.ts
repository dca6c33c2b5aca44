import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { isAbsolute, relative } from "node:path";
import { promisify } from "node:util";
import { parseBoolean } from "../flags/boolean.ts";
import type { Environment } from "../io.ts";

const run = promisify(execFile);

/** Local directories of a build, by mount name. */
export type LocalDirs = Readonly<{ context: string; dockerfile?: string }>;

interface GitInfoOptions {
  env: Environment;
  signal: AbortSignal;
  warn: (text: string) => void;
}

/**
 * What the provenance says about the work tree that the context lies in, as frontend attributes: `vcs:revision`,
 * `vcs:source` and `vcs:localdir:*`. None outside a work tree, without git, or with `BUILDX_GIT_INFO=false`.
 */
export async function gitInfo(dirs: LocalDirs, options: GitInfoOptions): Promise<Record<string, string>> {
  const { env, signal, warn } = options;
  if (parseBoolean(env.BUILDX_GIT_INFO ?? "") === false) return {};
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
      git("show", "--format=%H", "HEAD", "--quiet", "--"),
      sourceOf(optional),
      parseBoolean(env.BUILDX_GIT_CHECK_DIRTY ?? "") ? git("status", "--porcelain", "--ignored") : "",
      localDirAttrs(dirs, root),
    ]);
    return {
      "vcs:revision": dirty ? `${revision}-dirty` : revision,
      ...(source ? { "vcs:source": source } : {}),
      ...localDirs,
    };
  } catch (error) {
    if (!signal.aborted) {
      warn(`current commit information was not captured by the build: ${(error as Error).message.trim()}`);
    }
    return {};
  }
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
    const path = relative(root, await realpath(dir).catch(() => dir));
    if (!path.startsWith("..") && !isAbsolute(path)) attrs[`vcs:localdir:${mount}`] = path || ".";
  }
  return attrs;
}
