import { stat } from "node:fs/promises";

/** Whether there is a file, also at the end of a link. What cannot be looked at is none. */
export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
