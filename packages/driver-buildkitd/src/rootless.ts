import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { type DriverContext, type OptionValues, TsbxError } from "@tsbx/core/driver";
import { findExecutable, pathDirectories } from "./executable.ts";
import { findRootlesskit } from "./programs.ts";

/**
 * Finds what buildkitd needs on this machine to run without root.
 * @returns the rootlesskit to run it under
 * @throws TsbxError `ROOTLESSKIT_MISSING`, `UIDMAP_MISSING`, `SUBUID_MISSING`, each with how to mend it
 */
export async function findRootlessPrograms(
  env: DriverContext["env"],
  options: OptionValues,
  buildkitd: string,
): Promise<string> {
  const rootlesskit = await findRootlesskit(env, options, buildkitd);
  const directories = pathDirectories(env.PATH);
  for (const name of ["newuidmap", "newgidmap"]) {
    if ((await findExecutable([name], directories)) !== undefined) continue;
    throw new TsbxError(
      "UIDMAP_MISSING",
      `there is no ${name} on the PATH, and buildkitd needs it to run without root`,
      {
        hint: "Install the Debian package uidmap.",
      },
    );
  }
  const { username, uid } = userInfo();
  for (const file of ["/etc/subuid", "/etc/subgid"]) {
    const table = await readFile(file, "utf8").catch(() => "");
    if (hasSubordinateIds(table, username, uid)) continue;
    throw new TsbxError("SUBUID_MISSING", `${username} has no subordinate ids in ${file}`, {
      hint: `Run as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username}`,
    });
  }
  return rootlesskit;
}

/** Whether a table in the form of subuid(5) grants ids to the user, by name or by number. */
export function hasSubordinateIds(table: string, username: string, uid: number): boolean {
  return table
    .split("\n")
    .map((line) => line.split(":"))
    .some(([owner, , count]) => (owner === username || owner === String(uid)) && Number(count) > 0);
}
