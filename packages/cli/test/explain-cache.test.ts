import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { describe, expect, it } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { forget } from "./support/daemon.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const { registry } = loadBed(["registry", "buildkitd"]);
const HEAD = "Steps that were not in the cache, and why:";

/** A context whose steps nobody else has, and builds of it that say why steps were not cached. */
async function scene() {
  const nonce = `explain-${randomUUID()}`;
  const client = await tsbx(await workspace());
  const context = join(client.home, "context");
  writeTree(context, { "src/a": "a", "src/b": "b", "src/deep/c": "c", "config.json": "{}", unread: "" });
  const put = (path: string, text: string) => writeFileSync(join(context, path), text);
  const dockerfile = (text: string) => put("Dockerfile", text.replaceAll("NONCE", nonce));
  return { nonce, client, context, put, dockerfile, why: (...args: string[]) => why(client, args, nonce) };
}

/** The reasons by step, without what the names of steps have of this test alone. */
async function why(client: Client, args: readonly string[], nonce: string): Promise<string[]> {
  const { stderr } = await client.run(["build", "--explain-cache", ...args, "context"]);
  const lines = stderr.replaceAll(nonce, "NONCE").split("\n");
  const start = lines.findIndex((line) => line === HEAD || /^(Every step|There is no build)/.test(line));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("  "));
  expect(start, stderr).toBeGreaterThan(0);
  return lines
    .slice(start, end)
    .filter((line) => line !== HEAD)
    .map((line) => line.trim());
}

// Each step names what it is found by when the daemon is to forget it.
const DOCKERFILE = `FROM busybox AS base
ARG WHO=nobody
WORKDIR /NONCE
COPY src/ /NONCE/src/
COPY *.json /NONCE/
RUN echo NONCE $WHO > /who
FROM busybox
COPY --from=base /who /NONCE
RUN --mount=type=bind,source=src/deep,target=/deep cat /deep/c /NONCE
`;
const COPY = "[base 3/5] COPY src/ /NONCE/src/";
const JSON_COPY = "[base 4/5] COPY *.json /NONCE/";
const RUN = "[base 5/5] RUN echo NONCE";

describe("why steps were not cached", () => {
  it("is what was changed, and nothing else", async () => {
    const { nonce, context, put, dockerfile, why } = await scene();
    dockerfile(DOCKERFILE);
    expect(await why()).toEqual([
      "There is no build before to compare with: the next one with --explain-cache can tell what has changed.",
    ]);
    expect(await why()).toEqual(["Every step was in the cache."]);

    put("src/a", "changed");
    put("unread", "changed");
    expect(await why()).toEqual([
      `${COPY}: src/a has changed`,
      `${JSON_COPY}: follows ${COPY}`,
      `${RUN} nobody > /who: follows ${COPY}`,
    ]);

    put("src/new", "new");
    rmSync(join(context, "src/b"));
    expect((await why())[0]).toBe(`${COPY}: src/new is new, src/b is gone`);

    // A time alone is no change to the daemon.
    utimesSync(join(context, "src/a"), 1_600_000_000, 1_600_000_000);
    expect(await why()).toEqual(["Every step was in the cache."]);

    put("config.json", "[]");
    expect((await why())[0]).toBe(`${JSON_COPY}: config.json has changed`);

    put("src/deep/c", "changed");
    expect(await why()).toContain(
      "[stage-1 3/3] RUN --mount=type=bind,source=src/deep,target=/deep cat /deep/c /NONCE: src/deep/c has changed",
    );

    expect(await why("--build-arg=WHO=me")).toEqual([
      `${RUN} me > /who: build argument WHO has changed`,
      `[stage-1 2/3] COPY --from=base /who /NONCE: follows ${RUN} me > /who`,
      expect.stringMatching(/^\[stage-1 3\/3\] RUN .*: follows \[base 5\/5\] RUN echo NONCE me > \/who$/),
    ]);
    await forget(nonce);
  });

  it("is a step's own text, its place, or what it was told", async () => {
    const { nonce, dockerfile, why } = await scene();
    const lines = [
      "FROM busybox",
      "ENV A=1",
      "RUN echo NONCE one",
      "RUN echo NONCE two",
      "RUN echo NONCE three",
    ];
    const build = (text: readonly string[], ...args: string[]) => {
      dockerfile(`${text.join("\n")}\n`);
      return why(...args);
    };
    await build(lines);
    expect(await build(lines.with(3, "RUN echo NONCE 2"))).toEqual([
      "[3/4] RUN echo NONCE 2: its command has changed",
      "[4/4] RUN echo NONCE three: follows [3/4] RUN echo NONCE 2",
    ]);
    expect(await build(lines.with(1, "ENV A=2"))).toContain(
      "[2/4] RUN echo NONCE one: variable A has changed",
    );
    expect(await build(lines)).toEqual(["Every step was in the cache."]);
    expect(await build(lines.toSpliced(3, 0, "RUN echo NONCE inserted"))).toEqual([
      "[3/5] RUN echo NONCE inserted: the step is new",
      "[4/5] RUN echo NONCE two: follows [3/5] RUN echo NONCE inserted",
      "[5/5] RUN echo NONCE three: follows [3/5] RUN echo NONCE inserted",
    ]);
    await build([...lines, "USER 1", "RUN echo NONCE four"]);
    expect(await build([...lines, "USER 2", "RUN echo NONCE four"])).toEqual([
      "[5/5] RUN echo NONCE four: its user has changed",
    ]);
    expect(await build(lines, "--no-cache")).toEqual(
      ["one", "two", "three"].map(
        (name, index) => `[${index + 2}/4] RUN echo NONCE ${name}: the cache was not to be used`,
      ),
    );
    // What failed was never cached.
    const failing = [...lines, "RUN echo NONCE; false"];
    expect(await build(failing)).toEqual(["[5/5] RUN echo NONCE; false: the step is new"]);
    expect(await build(failing)).toEqual(["[5/5] RUN echo NONCE; false: it was not finished the last time"]);
    await forget(nonce);
  });

  it("is the base image, when that is another", async () => {
    const { nonce, client, dockerfile, put, why } = await scene();
    const image = `${registry.plain.host}/${nonce}:1`;
    const pushBase = async (text: string) => {
      put("Base", `FROM busybox\nRUN echo ${text} ${nonce} > /base\n`);
      await client.succeed(["build", "-f", "context/Base", "--push", "--tag", image, "context"]);
    };
    await pushBase("one");
    dockerfile(`FROM ${image}\nRUN echo NONCE\nRUN echo NONCE again\n`);
    await why();
    await pushBase("two");
    expect(await why()).toEqual([
      `[2/3] RUN echo NONCE: image ${registry.plain.host}/NONCE:1 is another`,
      "[3/3] RUN echo NONCE again: follows [2/3] RUN echo NONCE",
    ]);
    await forget(nonce);
  });

  it("is that the daemon's cache lacks them, not files", async () => {
    const { nonce, client, dockerfile, why } = await scene();
    dockerfile(DOCKERFILE);
    await why();
    await forget(nonce);
    const missing = await why("--report=build.html");
    expect(missing.length).toBeGreaterThan(2);
    for (const line of missing) expect(line).toMatch(/: not in this daemon's cache$/);
    const page = readFileSync(join(client.home, "build.html"), "utf8");
    expect(page.match(/Not cached: not in this daemon&#39;s cache\./g)).toHaveLength(missing.length);

    // What is remembered is nobody else's business.
    const remembered = join(client.home, ".local/state/tsbx/cache-snapshots");
    const [name] = readdirSync(remembered);
    expect(statSync(join(remembered, name!)).mode & 0o777).toBe(0o600);
    await forget(nonce);
  });
});
