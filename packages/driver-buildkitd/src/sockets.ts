import { lstat, mkdir } from "node:fs/promises";
import { TsbxError } from "@tsbx/core/driver";
import type { Layout } from "./layout.ts";

/**
 * Makes the directory of the sockets, which may lie in one that every user can write to.
 * @throws TsbxError `UNSAFE_DIRECTORY` when someone else made it first
 */
export async function makeSocketDirectory(layout: Layout): Promise<void> {
  await mkdir(layout.sockets, { recursive: true, mode: 0o700 });
  const found = await lstat(layout.sockets);
  const safe = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  if (safe) return;
  throw new TsbxError("UNSAFE_DIRECTORY", `${layout.sockets} is not a directory that only you can write to`, {
    hint: "Someone else may have made it: remove it, or set XDG_RUNTIME_DIR to a directory of your own.",
  });
}
