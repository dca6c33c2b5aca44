import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { BuildPlace } from "@tsbx/core/store";

/** Where a build's files are, as its record in the builder store names them. */
export async function buildPlace(path: string, file: string | undefined, cwd: string): Promise<BuildPlace> {
  const directory = resolve(cwd, path);
  const isDirectory = path !== "-" && (await stat(directory).catch(() => undefined))?.isDirectory();
  if (isDirectory) {
    return { context: directory, dockerfile: file ? absolute(file, cwd) : join(directory, "Dockerfile") };
  }
  return { context: path, dockerfile: file ?? "" };
}

function absolute(file: string, cwd: string): string {
  return file === "-" || file.includes("://") ? file : resolve(cwd, file);
}
