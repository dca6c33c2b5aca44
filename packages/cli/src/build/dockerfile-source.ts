import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { BuildOptions } from "@tsbx/core";

/** A Dockerfile that is on this machine. */
export interface LocalDockerfile {
  /** As a user would write it, from the working directory; absent when the text came over stdin. */
  path?: string;
  text: string;
}

/**
 * The Dockerfile that a build takes, or nothing where the daemon fetches it.
 * @param context the context argument
 */
export async function readDockerfile(
  { dockerfile, context: source }: Pick<BuildOptions, "dockerfile" | "context">,
  context: string,
  cwd: string,
): Promise<LocalDockerfile | undefined> {
  if (typeof dockerfile === "object") return { text: Buffer.from(dockerfile.content).toString("utf8") };
  if (typeof source !== "string" || source.includes("://") || dockerfile?.includes("://")) return undefined;
  const path = dockerfile ?? join(context, "Dockerfile");
  const text = await textOf(resolve(cwd, path));
  if (text !== undefined) return { path, text };
  // As the SDK finds it where only this one exists.
  const lower = join(dirname(path), "dockerfile");
  const other = basename(path) === "Dockerfile" ? await textOf(resolve(cwd, lower)) : undefined;
  return other === undefined ? undefined : { path: lower, text: other };
}

function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
