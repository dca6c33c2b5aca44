import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { TsbxError } from "@tsbx/core/driver";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Docker's configuration folder: `$DOCKER_CONFIG`, or `.docker` in the home folder. */
export function dockerConfigDir(env: Environment): string {
  return env.DOCKER_CONFIG || join(env.HOME || env.USERPROFILE || homedir(), ".docker");
}

/**
 * Reads a JSON file of Docker's that holds an object, or gives undefined when there is none.
 * @throws TsbxError `DOCKER_CONFIG_INVALID`, which names the file
 */
export async function readConfigFile(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  let reason = "it is not a JSON object";
  let cause: unknown;
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (isRecord(value)) return value;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    reason = (error as Error).message;
    cause = error;
  }
  throw new TsbxError("DOCKER_CONFIG_INVALID", `cannot read ${path}: ${reason}`, {
    hint: "Repair the file or move it away.",
    cause,
  });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a file operation failed because nothing is there. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
