import { randomUUID } from "node:crypto";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { forget } from "./support/daemon.ts";
import { workspace } from "./support/workspace.ts";

const LIMIT_KIB = 200 * 1024;
const PROBE = pathToFileURL(join(import.meta.dirname, "support/peak-memory.mjs")).href;

/** Builds, and expects the command's memory to stay within the limit. */
async function buildWithin(client: Client, args: readonly string[]): Promise<string> {
  const { stderr } = await client.succeed(["build", "--progress=plain", ...args], {
    env: { NODE_OPTIONS: `--import=${PROBE}` },
  });
  const peak = Number(/^PEAK (\d+)$/m.exec(stderr)?.[1]);
  expect(peak).toBeGreaterThan(0);
  expect(peak).toBeLessThan(LIMIT_KIB);
  return stderr;
}

/**
 * A client, a context that is small, and the directory of another that is to be large. Its name is one that
 * the steps have in theirs, so that what they leave in the daemon's cache can be found.
 */
async function scene(dockerfile: (large: string) => string) {
  const directory = await workspace();
  const client = await tsbx(directory);
  const name = `large-${randomUUID()}`;
  const large = join(directory, name);
  mkdirSync(large);
  mkdirSync(join(directory, "context"));
  writeFileSync(join(directory, "context/Dockerfile"), dockerfile(name));
  const context = [`--build-context=${name}=${large}`, join(directory, "context")];
  return { client, name, large, context };
}

// A busy machine takes minutes for it.
describe("memory stays bounded", { timeout: 300_000 }, () => {
  it("with a file of 2 GiB, sent and received", async () => {
    const { client, name, large, context } = await scene(
      (from) => `FROM scratch\nCOPY --from=${from} large /\n`,
    );
    writeFileSync(join(large, "large"), "");
    truncateSync(join(large, "large"), 2 * 1024 ** 3);
    const log = await buildWithin(client, ["--output=type=tar,dest=out.tar", ...context]);
    expect(log).toMatch(/transferring large-\S+: 2\.15GB .*done/);
    await forget(name);
  });

  it("with 100,000 files", async () => {
    const { client, name, large, context } = await scene(
      (from) => `FROM busybox\nRUN --mount=type=bind,from=${from},target=/c find /c -type f | wc -l\n`,
    );
    for (let directory = 0; directory < 100; directory++) {
      mkdirSync(join(large, `${directory}`));
      for (let file = 0; file < 1000; file++) writeFileSync(join(large, `${directory}/${file}`), "x");
    }
    expect(await buildWithin(client, ["--no-cache", ...context])).toMatch(/^#\d+ [\d.]+ 100000$/m);
    await forget(name);
  });
});
