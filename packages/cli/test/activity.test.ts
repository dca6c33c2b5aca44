import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { workspace } from "./support/workspace.ts";

const LONG_AGO = "2000-01-01T00:00:00Z";

/** Whether a command, however it ends, counts as a use of the builder. */
async function counts({ run, env }: Client, args: readonly string[], stdin: string): Promise<boolean> {
  const file = join(env.BUILDX_CONFIG!, "activity/bed");
  writeFileSync(file, LONG_AGO);
  await run(args, { stdin });
  return readFileSync(file, "utf8") !== LONG_AGO;
}

it.each<[string, string[], string]>([
  ["a build", ["build", "--output=type=cacheonly", "-"], "FROM scratch\nCOPY <<EOF /file\nEOF\n"],
  ["a build that fails", ["build", "-"], "FROM scratch\nNOTHING\n"],
  ["dial-stdio", ["dial-stdio"], ""],
  ["du", ["du"], ""],
  ["inspect --bootstrap", ["inspect", "--bootstrap"], ""],
  ["ls", ["ls"], ""],
])("%s is a use of the builder, or is none, for both", async (_, args, stdin) => {
  const directory = await workspace();
  const [ours, theirs] = [await tsbx(directory), await peer(directory)];
  expect(await counts(ours, args, stdin)).toBe(await counts(theirs, args, stdin));
});
