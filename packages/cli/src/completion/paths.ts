import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { homeDir } from "../docker-config.ts";
import type { Environment } from "../io.ts";
import type { Candidate } from "./kinds.ts";

interface PathsOptions {
  cwd: string;
  env: Environment;
  /** Whether files are of no use. */
  onlyDirectories: boolean;
}

/** The paths that `text` is the start of; hidden ones only when it begins like one. */
export async function pathCandidates(
  text: string,
  { cwd, env, onlyDirectories }: PathsOptions,
): Promise<Candidate[]> {
  const slash = text.lastIndexOf("/") + 1;
  const [typed, start] = [text.slice(0, slash), text.slice(slash)];
  const directory = resolve(cwd, typed.startsWith("~/") ? join(homeDir(env), typed.slice(2)) : typed || ".");
  const names = (await readdir(directory).catch(() => [])).filter(
    (name) => name.startsWith(start) && (start !== "" || !name.startsWith(".")),
  );
  const found = names.map(async (name): Promise<Candidate[]> => {
    const isDirectory = (await stat(join(directory, name)).catch(() => undefined))?.isDirectory();
    if (isDirectory) return [{ value: `${typed}${name}/`, open: true }];
    return onlyDirectories ? [] : [{ value: `${typed}${name}` }];
  });
  return (await Promise.all(found)).flat();
}
