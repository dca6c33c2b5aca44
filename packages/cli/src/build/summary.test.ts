import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { BuildOptions, BuildResult, ImageStore, SentEntry, Transfer } from "@tsbx/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BuilderNodes } from "../builders/open-nodes.ts";
import { memoryIo } from "../memory-io.test.support.ts";
import { adviceText, contextAdvice } from "./context-advice.ts";
import { printSummary } from "./summary.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tsbx-summary-"));
  await mkdir(join(dir, "app"));
});
afterEach(() => rm(dir, { recursive: true }));

const ID = "sha256:config";
const DIGEST = "sha256:manifest";
const store = { description: "Docker at unix:///docker.sock" } as ImageStore;

/** What is printed for a build with these options on a node of this kind. */
async function printed(
  options: Partial<BuildOptions>,
  { autoLoad = false, images }: { autoLoad?: boolean; images?: ImageStore } = {},
) {
  const io = memoryIo({ cwd: dir });
  const warnings: string[] = [];
  const node = { builder: "b", driver: { name: "d", capabilities: { autoLoad } }, handle: { images } };
  const result: BuildResult = {
    ref: "ref",
    node: "b0",
    digest: DIGEST,
    exporterResponse: { "containerimage.digest": DIGEST, "containerimage.config.digest": ID },
    transfers: [],
    notices: [],
  };
  await printSummary(
    {
      request: { context: "app", ...options },
      result,
      nodes: [node] as unknown as BuilderNodes,
      path: "app",
      canLoad: Boolean(images),
    },
    { io, signal: new AbortController().signal, warn: (text) => warnings.push(text) },
  );
  return { lines: io.err().split("\n").slice(0, -1), warnings };
}

describe("where the result went", () => {
  it.each<[string, Partial<BuildOptions>, string[]]>([
    ["push", { push: true, tags: ["a:1", "host/b"] }, [`Pushed a:1, host/b (${DIGEST})`]],
    ["a registry", { outputs: [{ type: "registry", name: "host/a" }] }, [`Pushed host/a (${DIGEST})`]],
    [
      "several",
      {
        load: true,
        push: true,
        tags: ["a"],
        outputs: [{ type: "image" }, { type: "tar", dest: "files.tar" }, { type: "local", dest: "out" }],
      },
      [
        `Pushed a (${DIGEST})`,
        "Wrote the files as a tarball to files.tar (1.234kB)",
        "Wrote the files to out/",
        `Loaded a (${ID}) into Docker at unix:///docker.sock`,
      ],
    ],
    [
      "an image that stays",
      { outputs: [{ type: "image" }] },
      [`Kept image ${ID} in builder b: --push sends it to a registry, --load to the local images`],
    ],
    [
      "streams and layouts",
      {
        outputs: [
          { type: "oci", dest: new Writable() },
          { type: "oci", tar: false, dest: "layout/" },
          { type: "docker", dest: "gone.tar" },
        ],
      },
      [
        "Wrote an OCI tarball to stdout",
        `Added image ${ID} to the OCI layout layout/`,
        "Wrote a docker tarball to gone.tar",
      ],
    ],
    ["the cache", { outputs: [{ type: "cacheonly" }] }, ["Kept in the build cache of builder b"]],
    ["another exporter", { outputs: [{ type: "custom", exporter: "x" }] }, ["Exported with x"]],
  ])("%s", async (_, options, expected) => {
    await writeFile(join(dir, "files.tar"), Buffer.alloc(1234));
    expect(await printed(options, { images: store })).toEqual({ lines: expected, warnings: [] });
  });

  it("an image in the daemon's own store is loaded", async () => {
    const { lines } = await printed(
      { outputs: [{ type: "image" }], tags: ["a"] },
      { autoLoad: true, images: store },
    );
    expect(lines).toEqual([`Loaded a (${ID}) into Docker at unix:///docker.sock`]);
  });

  it("nowhere: it says so, and offers what is possible", async () => {
    const { lines, warnings } = await printed({});
    expect(lines).toEqual([]);
    expect(warnings).toEqual([
      "the result is in the build cache of builder b and nowhere else: push it with --tag NAME --push, or write it to a directory with -o DIR",
    ]);
    expect((await printed({}, { images: store })).warnings[0]).toContain("--load");
  });
});

describe("a large context", () => {
  const entry = (path: string, megabytes: number): SentEntry => ({ path, files: 2, bytes: megabytes * 1e6 });
  const transfer = (mount: string, largest: SentEntry[]): Transfer => ({
    mount,
    node: "b0",
    entries: 9,
    files: 9,
    bytes: largest.reduce((sum, { bytes }) => sum + bytes, 0),
    largest,
  });
  const entries = [
    entry("node_modules", 90),
    entry("src", 20),
    entry("#[x]* ", 8),
    entry("!\u001b[31mred", 4),
    entry("e", 2),
    entry("f", 1),
  ];
  const advise = (transfers: Transfer[], options: Partial<BuildOptions> = {}) =>
    contextAdvice(transfers, { context: "app", ...options }, "app", dir);
  const put = (name: string, text: string) => writeFile(join(dir, name), text);

  it("names the five largest entries and the lines that leave them out", async () => {
    await put("app/Dockerfile", "FROM x\nCOPY src /src\nCOPY . .\n");
    const advice = await advise([transfer("dockerfile", []), transfer("context", entries)]);
    expect(adviceText(advice!)).toBe(
      "125MB of context were sent, most of it:\n" +
        "      90MB  node_modules (2 files)\n" +
        "      20MB  src (2 files)\n" +
        "       8MB  #[x]*  (2 files)\n" +
        "       4MB  !red (2 files)\n" +
        "       2MB  e (2 files)\n" +
        "To leave out what the build does not need, add to app/.dockerignore:\n" +
        "  node_modules\n" +
        "  \\#\\[x\\]\\*?\n" +
        "  \\!?\\[31mred\n" +
        "  e\n",
    );
  });

  it("adds up what several nodes took", async () => {
    await put("app/Dockerfile", "FROM x\nCOPY src .\n");
    const halves = [transfer("context", [entry("src", 60)]), transfer("context", [entry("src", 60)])];
    expect(await advise(halves)).toEqual({
      bytes: 120e6,
      largest: [{ path: "src", files: 4, bytes: 120e6 }],
      ignoreFile: "app/.dockerignore",
    });
  });

  it("names the Dockerfile's own ignore file where there is one", async () => {
    await put("app/dockerfile", "FROM x\nCOPY . .\n");
    await put("app/dockerfile.dockerignore", "");
    expect((await advise([transfer("context", entries)]))?.ignoreFile).toBe("app/dockerfile.dockerignore");
    await put("other", "FROM x\nCOPY . .\n");
    const other = await advise([transfer("context", entries)], { dockerfile: "other" });
    expect(other).toMatchObject({ ignoreFile: "app/.dockerignore" });
    expect(other!.largest[0]!.ignoreLine).toBe("node_modules");
    await put("other.dockerignore", "");
    const own = await advise([transfer("context", entries)], { dockerfile: "other" });
    expect(own?.ignoreFile).toBe("other.dockerignore");
  });

  it("has no lines when it cannot know what the Dockerfile asks for", async () => {
    const advice = await advise([transfer("context", entries)], { dockerfile: "https://host/Dockerfile" });
    expect(adviceText(advice!)).not.toContain("dockerignore");
    expect(advice?.largest).toHaveLength(5);
  });

  it("is none when less was sent, or of something else", async () => {
    expect(await advise([transfer("context", [entry("a", 100)])])).toBeUndefined();
    expect(await advise([transfer("more", entries)])).toBeUndefined();
    expect(await advise([transfer("context", entries)], { context: { files: {} } })).toBeUndefined();
  });
});
