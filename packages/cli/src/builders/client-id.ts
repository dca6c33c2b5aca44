import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The random id of this user on this machine, which is shared with buildx; it is made when there is none yet.
 * `undefined` where it can neither be read nor kept: then the daemon compares directories by name alone.
 */
export async function readClientId(dir: string): Promise<string | undefined> {
  const path = join(dir, ".buildNodeID");
  try {
    return (await readId(path)) ?? (await createId(dir, path));
  } catch {
    return undefined;
  }
}

async function readId(path: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trim() || undefined;
}

/** A link is made whole or not at all, and the first of several wins: all of them then use its id. */
async function createId(dir: string, path: string): Promise<string | undefined> {
  const id = randomBytes(8).toString("hex");
  const temporary = join(dir, `.tmp-.buildNodeID${id}`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(temporary, id, { mode: 0o600, flag: "wx" });
  try {
    await link(temporary, path);
    return id;
  } catch {
    return await readId(path);
  } finally {
    await unlink(temporary);
  }
}
