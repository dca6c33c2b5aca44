import { stat } from "node:fs/promises";
import { isAbsolute, relative } from "node:path";
import { platform } from "node:process";

/** To whom the files of a store are given. */
export interface Owner {
  uid: number;
  gid: number;
}

/**
 * The user behind `sudo`, when the store is inside of that user's own home directory: what root writes there
 * would otherwise lock the user out. `undefined` for everyone else, and on Windows.
 */
export async function storeOwner(
  dir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Owner | undefined> {
  const { SUDO_COMMAND, SUDO_UID = "", SUDO_GID = "", HOME } = env;
  if (platform === "win32" || SUDO_COMMAND === undefined || !HOME) return undefined;
  if (!/^\d+$/.test(SUDO_UID) || !/^\d+$/.test(SUDO_GID)) return undefined;
  const path = relative(HOME, dir);
  if (path === "" || path.startsWith("..") || isAbsolute(path)) return undefined;
  const owner = { uid: Number(SUDO_UID), gid: Number(SUDO_GID) };
  const home = await stat(HOME).catch(() => undefined);
  return home?.uid === owner.uid ? owner : undefined;
}
