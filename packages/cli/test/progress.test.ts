import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const FILES = {
  Dockerfile: `FROM busybox AS base
ARG NONCE
COPY x /x
RUN echo "one line"; echo; printf 'no newline'
FROM scratch as Final
ARG NONCE
COPY --from=base /x /x
`,
  x: "x\n",
};

/** Builds the same with both: each is given a context of its own and the same build argument. */
async function both(args: readonly string[]) {
  const directory = await workspace();
  const nonce = `NONCE=${randomUUID()}`;
  const build = async (client: Client) => {
    writeTree(join(client.home, "context"), FILES);
    const outcome = await client.succeed(["build", "--no-cache", "--build-arg", nonce, ...args, "context"]);
    return { client, ...outcome };
  };
  const theirs = await build(await peer(directory));
  return { ours: await build(await tsbx(directory)), theirs };
}

/** The steps of a plain log, each with its lines, without times, digests and the numbers they came in. */
function steps(log: string): string[] {
  const byNumber = new Map<string, string[]>();
  for (const line of log.split("\n")) {
    const [, number, text = ""] = /^#(\d+) (.*)$/.exec(line) ?? [];
    // Whether a step loses the foreground, and how far a transfer is when it is shown, is up to the clock.
    if (!number || text === "..." || /^(transferring|sending|resolve) (?!.*done$)/.test(text)) continue;
    const lines = byNumber.get(number) ?? [];
    const plain = text
      .replace(/sha256:[0-9a-f]+/g, "sha256:DIGEST")
      .replace(/\b\d+\.\d+s\b/g, "TIME")
      .replace(/^\d+\.\d+ /, "TIME ")
      .replace(/ TIME(?= done$|$)/, "")
      .replace(/NONCE=\S+/, "NONCE");
    // A step that comes back to the foreground has its header again.
    if (!lines.includes(plain)) lines.push(plain);
    byNumber.set(number, lines);
  }
  return [...byNumber.values()].map(endedOnce).sort();
}

/** A step may end more than once: the daemon ends it when it has looked into the cache, and starts it again. */
function endedOnce(lines: readonly string[]): string {
  const isEnd = (line: string) => line === "DONE" || line === "CACHED";
  return [...lines.filter((line) => !isEnd(line)), lines.findLast(isEnd)].join("\n");
}

/** The JSON lines of a log. */
function events(log: string): Record<string, Record<string, unknown>[]>[] {
  return log
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

/** All keys of all events, as `vertexes.digest`. */
function keys(log: string): string[] {
  const found = events(log).flatMap((event) =>
    Object.entries(event).flatMap(([list, items]) =>
      items.flatMap((item) => Object.keys(item).map((key) => `${list}.${key}`)),
    ),
  );
  return [...new Set(found)].sort();
}

describe("the progress of a build", () => {
  it("is the peer's, step for step and line for line", async () => {
    const { ours, theirs } = await both(["--progress=plain", "--output=type=tar,dest=out.tar"]);
    expect(steps(ours.stderr)).toEqual(steps(theirs.stderr));
    expect(steps(ours.stderr)).toContainEqual(
      expect.stringMatching(/RUN echo.*\nTIME one line\n.*TIME no newline\nDONE$/s),
    );
    expect(ours.stderr).toMatch(/^ - StageNameCasing: /m);
    // The peer lists its warnings in any order, and does not say where the result went.
    expect(ours.stderr).toMatch(/\nWrote the files as a tarball to out\.tar \([\d.]+kB\)\n$/);
    const closing = (log: string) =>
      log
        .replace(/Wrote .*\n$/, "")
        .slice(log.search(/\d+ warnings? found/))
        .replaceAll("\u001b[0m", "")
        .replace("docker --debug", "--debug")
        .split("\n")
        .sort();
    expect(closing(ours.stderr)).toEqual(closing(theirs.stderr));
  });

  it("has groups and annotations in a GitHub workflow, and no command of the build's", async () => {
    const client = await tsbx(await workspace());
    const dockerfile = `FROM busybox as Base\nRUN echo "::error::$((6*7))"; echo "##[error]$((6*7))"; false\n`;
    writeTree(join(client.home, "app"), { Dockerfile: dockerfile });
    const env = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: client.home };
    const { code, stderr } = await client.run(["build", "--no-cache", "app"], { env });
    expect(code).toBe(1);
    const lines = stderr.replace(/[0-9a-f]{32}/g, "TOKEN").replace(/^(#\d+) [\d.]+ /gm, "$1 TIME ");
    expect(lines).toMatch(
      /^::group::#(\d+) \[2\/2\] RUN echo .*\n::stop-commands::TOKEN\n#\1 TIME ::error::42\n#\1 TIME ##\[error\]42\n::TOKEN::\n::endgroup::\n#\1 ERROR: /m,
    );
    expect(lines).toMatch(
      /^::warning file=app\/Dockerfile,line=1,endLine=1,title=FromAsCasing::.*More info: https/m,
    );
    expect(lines).toMatch(
      /^::error file=app\/Dockerfile,line=2,endLine=2,title=Build failed::failed to solve: process .*##\[error\]/m,
    );
    expect(lines).toMatch(/^ERROR: failed to build: .*echo \\"## \[error\]/m);
    expect(lines).not.toContain("warnings found");

    const plain = await client.run(["build", "--no-cache", "--progress=plain", "app"], { env });
    expect(plain.stderr).not.toMatch(/^::/m);
  });

  it("has the peer's keys as raw JSON", async () => {
    const { ours, theirs } = await both(["--progress=rawjson", "--output=type=tar,dest=out.tar"]);
    expect(keys(ours.stderr)).toEqual(keys(theirs.stderr));
    const names = (log: string) =>
      [...new Set(events(log).flatMap(({ vertexes = [] }) => vertexes.map(({ name }) => name)))].sort();
    expect(names(ours.stderr)).toEqual(names(theirs.stderr));
  });

  it("is nothing but the image's id when quiet", async () => {
    const image = ["--provenance=false", "--output=type=image"];
    const { ours, theirs } = await both([
      ...image,
      ...["--quiet", "--iidfile=id", "--metadata-file=metadata.json"],
    ]);
    const id = /^sha256:[0-9a-f]{64}$/;
    for (const { client, stdout, stderr } of [ours, theirs]) {
      expect(stdout.trim()).toMatch(id);
      expect(stderr).toBe("");
      expect(await readFile(join(client.home, "id"), "utf8")).toBe(stdout.trim());
      const metadata = JSON.parse(await readFile(join(client.home, "metadata.json"), "utf8"));
      expect(metadata["containerimage.config.digest"]).toBe(stdout.trim());
      expect(metadata["containerimage.digest"]).toMatch(id);
      expect(metadata["buildx.build.ref"]).toMatch(/^bed\/bed0\/[0-9a-z]{25}$/);
    }
    const files = async ({ home }: Client) => (await readdir(home)).sort();
    expect(await files(ours.client)).toEqual(await files(theirs.client));
  });
});
