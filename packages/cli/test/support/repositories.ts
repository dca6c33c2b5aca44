import { execFile } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Entry, TREE_TIME, writeTree } from "./tree.ts";

/** What a commit changes, and the names that it gets. */
export interface Commit {
  files: Readonly<Record<string, Entry>>;
  branch?: string;
  tag?: string;
  /** Repositories beside this one, by the paths that they are to be at. */
  submodules?: Readonly<Record<string, string>>;
}

/**
 * Makes a bare repository `NAME.git` in a directory, with commits one upon the other; the branch `main` is at the
 * first. The commits are the same each time.
 * @returns the ids of the commits
 */
export async function makeRepository(
  directory: string,
  name: string,
  commits: readonly Commit[],
): Promise<string[]> {
  const work = join(directory, `${name}.work`);
  const date = `${TREE_TIME} +0000`;
  const person = { NAME: "Bed", EMAIL: "bed@example.com", DATE: date };
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: "1",
    ...Object.fromEntries(
      ["AUTHOR", "COMMITTER"].flatMap((role) =>
        Object.entries(person).map(([key, value]) => [`GIT_${role}_${key}`, value]),
      ),
    ),
  };
  const git = (...args: string[]) =>
    promisify(execFile)("git", ["-c", "protocol.file.allow=always", ...args], { cwd: work, env });
  writeTree(work, {});
  await git("init", "--quiet", "--initial-branch=main");
  const ids: string[] = [];
  for (const { files, branch, tag, submodules = {} } of commits) {
    if (branch) await git("checkout", "--quiet", "-b", branch);
    writeTree(work, files);
    for (const [path, repository] of Object.entries(submodules)) {
      await git("submodule", "--quiet", "add", join(directory, `${repository}.git`), path);
      // As it is to be found from wherever this one is.
      await git("config", "--file", ".gitmodules", `submodule.${path}.url`, `../${repository}.git`);
    }
    await git("add", "--all");
    await git("commit", "--quiet", "--message", `${ids.length}`);
    if (tag) await git("tag", "--annotate", "--message", tag, tag);
    ids.push((await git("rev-parse", "HEAD")).stdout.trim());
  }
  await git("clone", "--quiet", "--bare", ".", join(directory, `${name}.git`));
  await git("--git-dir", join(directory, `${name}.git`), "symbolic-ref", "HEAD", "refs/heads/main");
  return ids;
}

/** Puts all that is in a directory below one of its own, too. */
export function copyBelow(directory: string, below: string, names: readonly string[]): void {
  for (const name of names) cpSync(join(directory, name), join(directory, below, name), { recursive: true });
}
