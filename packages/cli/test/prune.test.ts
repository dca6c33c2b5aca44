import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { build } from "@tsbx/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { type OwnDaemon, startOwnDaemon } from "./support/own-daemon.ts";
import { workspace } from "./support/workspace.ts";

let daemon: OwnDaemon;
let ours: Client;
let theirs: Client;

beforeAll(async () => {
  daemon = await startOwnDaemon();
});
afterAll(() => daemon.remove());

beforeEach(async () => {
  const directory = await workspace();
  ours = await tsbx(directory, daemon.endpoint);
  theirs = await peer(directory, daemon.endpoint);
  await fillCache();
});

/** The same cache each time, but for the ids. */
async function fillCache(): Promise<void> {
  for await (const _ of (await daemon.node.client()).prune({ all: true }));
  const Dockerfile = [
    "FROM busybox",
    "COPY Dockerfile /",
    "RUN --mount=type=cache,target=/cache dd if=/dev/zero of=/cache/x bs=1k count=1300",
    "RUN echo b > /b",
  ].join("\n");
  await build(daemon.node, { context: { files: { Dockerfile } } }).result;
}

/** What is left, by description. */
async function left(): Promise<string[]> {
  const records = await (await daemon.node.client()).diskUsage();
  return records.map(({ description }) => description).sort();
}

const AGE = /(Less than a second|About an? \w+|\d+ \w+) ago/g;

/** An output without ids and times. Its records are in the order of the ids: that is left out as well. */
function comparable(stdout: string): { records: string[]; tabs: unknown[] } {
  const text = stdout
    .replace(/\b[a-z0-9]{25}\b/g, "ID")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC/g, "TIME")
    .replace(AGE, "AGE");
  if (text.startsWith("ID:")) return { records: text.split("\n\n").sort(), tabs: [] };
  // The first row of a table is aligned with the headers, whichever record it is.
  const tabs = text.split("\n").map((line) => line.match(/\t+/g));
  return { records: text.replace(/\t+/g, "\t").split("\n").sort(), tabs };
}

describe("prune removes and prints what the peer does", () => {
  it.each([
    [["--force"]],
    [["--force", "--all"]],
    [["-fa", "--verbose"]],
    [["-f", "--filter", "type=exec.cachemount"]],
    [["-f", "--filter", "type!=exec.cachemount", "--filter", "description~=from"]],
    [["-f", "--filter", "until=1h"]],
    [["-fa", "--filter", "unused-for=0s"]],
    [["-fa", "--reserved-space", "100MB"]],
    [["-fa", "--max-used-space=100m"]],
    [["-fa", "--max-used-space=100m", "--min-free-space=1k"]],
  ])("%j", async (args) => {
    const expected = await theirs.succeed(["prune", ...args]);
    const expectedLeft = await left();
    await fillCache();
    const { stdout, stderr } = await ours.succeed(["prune", ...args]);
    expect(stderr).toBe("");
    expect(comparable(stdout)).toEqual(comparable(expected.stdout));
    expect(await left()).toEqual(expectedLeft);
  });

  it("down to a size", async () => {
    await ours.succeed(["prune", "-fa", "--max-used-space=2.5m"]);
    const sizes = (await (await daemon.node.client()).diskUsage()).map(({ size }) => size);
    const total = sizes.reduce((a, b) => a + b, 0);
    expect(total).toBeGreaterThan(0);
    expect(total).toBeLessThanOrEqual(2.5 * 1024 ** 2);
  });

  it("with the filters of docker's configuration", async () => {
    const config = JSON.stringify({ pruneFilters: ["type=exec.cachemount", "nonsense"] });
    await writeFile(join(ours.dockerConfig, "config.json"), config);
    const before = await left();
    await ours.succeed(["prune", "-fa"]);
    expect(await left()).toEqual(before.filter((record) => !record.startsWith("cached mount")));
  });

  it.each([
    ["y\n", true],
    ["Y\r\n", true],
    ["y", true],
    ["yes\n", false],
    ["n\n", false],
    [" y\n", false],
    ["", false],
  ])("after the answer %j", async (stdin, pruned) => {
    const before = await left();
    const { stdout, stderr } = await ours.succeed(["prune"], { stdin });
    const question =
      "WARNING! This will remove all dangling build cache. Are you sure you want to continue? [y/N] ";
    expect(stderr).toBe("");
    expect(stdout.slice(0, question.length)).toBe(question);
    if (pruned) {
      expect(stdout).toContain("Total:\t");
      expect((await left()).length).toBeLessThan(before.length);
    } else {
      expect(stdout).toBe(question);
      expect(await left()).toEqual(before);
      expect(await theirs.succeed(["prune"], { stdin })).toMatchObject({ stdout: question, stderr: "" });
    }
  });

  it("asks about all of the cache with --all", async () => {
    const { stdout } = await ours.succeed(["prune", "--all"], { stdin: "n\n" });
    expect(stdout).toBe((await theirs.succeed(["prune", "--all"], { stdin: "n\n" })).stdout);
  });
});

describe("prune", () => {
  it("does not wait for an answer after SIGINT", async () => {
    const before = await left();
    const silent = new PassThrough();
    const running = ours.start(["prune"], { stdin: silent });
    await running.printed(/\[y\/N\] $/);
    running.child.kill("SIGINT");
    expect(await running.outcome).toMatchObject({ code: 130, stderr: "ERROR: stopped by SIGINT\n" });
    silent.destroy();
    expect(await left()).toEqual(before);
  });

  it("says how --keep-storage is called now", async () => {
    const { stderr } = await ours.succeed(["prune", "-f", "--keep-storage", "1g"]);
    expect(stderr).toBe("WARNING: --keep-storage is now called --reserved-space\n");
  });

  it.each([
    [
      ["--max-used-space", "much"],
      /^ERROR: invalid argument "much" for "--max-used-space" flag: invalid size/,
    ],
    [["--filter", "x"], /^ERROR: invalid argument "x" for "--filter" flag/],
    [["--builder", "nope"], /^ERROR: no builder "nope" found/],
  ])("asks nothing when %j cannot work", async (args, message) => {
    const { code, stdout, stderr } = await ours.run(["prune", ...args], { stdin: "y\n" });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
  });
});
