import { join, resolve } from "node:path";

/** The Dockerfile as it was named. */
export function dockerfileName(path: string, file: string | undefined): string {
  if (file === "-" || (path === "-" && !file)) return "stdin";
  return file || (path.includes("://") ? "Dockerfile" : join(path, "Dockerfile"));
}

/** The absolute path of a Dockerfile on this machine. */
export function localDockerfile(path: string, file: string | undefined, cwd: string): string | undefined {
  const name = dockerfileName(path, file);
  const isFile = name !== "stdin" && !name.includes("://") && !path.includes("://");
  return isFile ? resolve(cwd, name) : undefined;
}

/** Builds of one context meet on one replica; what is no directory of this machine counts as it was given. */
export function affinity(path: string, cwd: string): string {
  return path === "-" || path.includes("://") ? path : resolve(cwd, path);
}
