import { readFile, rename, rm, writeFile } from "node:fs/promises";
import type { Layout } from "./layout.ts";
import { isAlive, type ProcessIdentity, parseIdentity } from "./process-identity.ts";

/** The process that runs the node's daemon, when it was started here and is still alive. */
export async function liveDaemon(layout: Layout): Promise<ProcessIdentity | undefined> {
  const text = await readFile(layout.record, "utf8").catch(() => "");
  const identity = parseIdentity(text);
  return identity !== undefined && (await isAlive(identity)) ? identity : undefined;
}

export async function writeRecord(layout: Layout, identity: ProcessIdentity): Promise<void> {
  const fresh = `${layout.record}.new`;
  await writeFile(fresh, JSON.stringify(identity), { mode: 0o600 });
  await rename(fresh, layout.record);
}

export async function removeRecord(layout: Layout): Promise<void> {
  await rm(layout.record, { force: true });
}
