import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import type { BuildOptions, BuildResult } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import type { ProgressEvent } from "@tsbx/core/progress";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseArguments } from "../flags/parse.ts";
import { memoryIo } from "../memory-io.test.support.ts";
import type { Core } from "./execute.ts";
import { BUILD_FLAGS } from "./flags.ts";
import { runBuild } from "./run.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tsbx-run-"));
  await mkdir(join(dir, "driver"));
  await mkdir(join(dir, "context"));
  const tsbx = { driver: "remote", contract: 1 };
  await writeFile(
    join(dir, "driver/package.json"),
    JSON.stringify({ name: "@tsbx/driver-remote", type: "module", tsbx }),
  );
  await writeFile(
    join(dir, "driver/index.js"),
    `export default { name: "remote", contractVersion: 1, summary: "s", options: {}, connect() {},
      endpoint: { required: true, doc: "" }, capabilities: { autoLoad: false } };`,
  );
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const DIGEST = "sha256:0123";
const IMAGE: BuildResult = {
  ref: "ref",
  node: "b0",
  digest: DIGEST,
  exporterResponse: { "containerimage.digest": DIGEST },
  transfers: [],
  notices: [],
};
const vertex = (name: string): ProgressEvent => ({
  vertexes: [{ digest: name, inputs: [], name, cached: false, started: 1n, completed: 2n }],
  statuses: [],
  logs: [],
  warnings: [],
});

interface Fake {
  result?: (options: BuildOptions) => Promise<BuildResult>;
  provenance?: () => Promise<Record<string, unknown>>;
}

/** An SDK whose builds are as told, and what was asked of it. */
function fakeCore({ result = async () => IMAGE, provenance = async () => ({}) }: Fake = {}) {
  const seen: { options?: BuildOptions; node?: object; stateDir?: string; closed: number } = { closed: 0 };
  const core = {
    openNode: (driver: object, config: { builder: string; name: string }, context: { stateDir: string }) => {
      seen.node = config;
      seen.stateDir = context.stateDir;
      return {
        driver,
        handle: {},
        ...config,
        close: async () => void seen.closed++,
      };
    },
    build: (_: object, options: BuildOptions) => {
      seen.options = options;
      const ended = result(options);
      ended.catch(() => {});
      const progress = (async function* () {
        yield vertex("[internal] load build definition from Dockerfile");
        await ended.catch(() => {});
      })();
      return { ref: "ref", nodes: Promise.resolve(["b0"]), progress, result: ended };
    },
    buildProvenance: provenance,
    dockerConfigCredentials: ({ configDir }: { configDir: string }) => ({ configDir }),
    buildMetadata: ({ exporterResponse }: BuildResult) => exporterResponse,
  };
  return { core: core as unknown as Core, seen };
}

interface Run extends Fake {
  env?: Record<string, string>;
  stdin?: Readable;
  signal?: AbortSignal;
}

async function run(args: string[], { env, stdin, signal, ...fake }: Run = {}) {
  const io = memoryIo({
    env: {
      HOME: dir,
      TSBX_DRIVERS: join(dir, "driver"),
      BUILDKIT_HOST: "tcp://host:1",
      npm_config_prefix: dir,
      PATH: process.env.PATH ?? "",
      GIT_CEILING_DIRECTORIES: join(dir, ".."),
      ...env,
    },
    cwd: dir,
    ...(stdin && { stdin }),
  });
  const { core, seen } = fakeCore(fake);
  const { flags, positionals } = parseArguments(BUILD_FLAGS, args);
  const warnings: string[] = [];
  const context = {
    io,
    signal: signal ?? new AbortController().signal,
    warn: (text: string) => warnings.push(text),
  };
  const error = await runBuild(flags, positionals[0] ?? "", context, async () => core).then(
    () => undefined,
    (error: Error) => error,
  );
  return { error, out: io.out(), err: io.err(), warnings, io, ...seen };
}

const read = (name: string) => readFile(join(dir, name), "utf8");

describe("runBuild", () => {
  it("builds on the picked node, says which, and shows the progress", async () => {
    const { error, out, err, node, options, stateDir, closed } = await run(["context", "--push"]);
    expect(error).toBeUndefined();
    expect(node).toEqual({ builder: "remote", name: "remote0", endpoint: "tcp://host:1" });
    expect(stateDir).toBe(join(dir, ".local/state/tsbx/remote"));
    expect(options).toMatchObject({
      context: "context",
      cwd: dir,
      push: true,
      clientId: await read(".docker/buildx/.buildNodeID"),
      credentials: { configDir: join(dir, ".docker") },
    });
    expect(err).toMatch(/^Builder remote \(remote driver at tcp:\/\/host:1\), chosen by BUILDKIT_HOST\n/);
    expect(err).toContain("[internal] load build definition from Dockerfile");
    expect(err).toMatch(/\nPushed image sha256:0123\n$/);
    expect({ out, closed }).toEqual({ out: "", closed: 1 });
  });

  it("prints nothing but the image's ID with -q", async () => {
    const { out, err } = await run(["context", "--push", "-q"]);
    expect({ out, err }).toEqual({ out: `${DIGEST}\n`, err: "" });
  });

  it.each([
    [["-q"], `${DIGEST}\n\nbe well\n`],
    [["--progress=rawjson"], "\nbe well\n"],
  ])("prints what the frontend has to say last, with %j", async (args, printed) => {
    const exporterResponse = { ...IMAGE.exporterResponse, "frontend.result.inlinemessage": "be well" };
    const { out } = await run(["context", "--push", ...args], {
      result: async () => ({ ...IMAGE, exporterResponse }),
    });
    expect(out).toBe(printed);
  });

  it("keeps raw JSON progress clean", async () => {
    for (const err of [
      (await run(["context", "--push", "--progress=rawjson"])).err,
      (await run(["context", "--push"], { env: { BUILDKIT_PROGRESS: "rawjson" } })).err,
    ]) {
      for (const line of err.trimEnd().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
    }
  });

  it("writes the image's ID and the metadata, and leaves nothing else", async () => {
    await run(["context", "--push", "--iidfile=id", "--metadata-file", "metadata.json"]);
    expect(await read("id")).toBe(DIGEST);
    expect(await read("metadata.json")).toBe(`{\n  "containerimage.digest": "${DIGEST}"\n}`);
    expect((await readdir(dir)).sort()).toEqual([".docker", "context", "driver", "id", "metadata.json"]);
  });

  it("writes the report, also of a build that fails, and leaves nothing else", async () => {
    const outcome = await run(["context", "--push", "--report=build.html"]);
    expect(outcome.error).toBeUndefined();
    expect(await read("build.html")).toMatch(/<title>context: built in .*Pushed image sha256:0123/s);
    const result = async () => Promise.reject(new TsbxError("BUILD_FAILED", "failed to solve: <no>"));
    expect((await run(["context", "--report=build.html"], { result })).error).toBeDefined();
    expect(await read("build.html")).toMatch(/<title>context: failed in .*failed to solve: &lt;no&gt;/s);
    expect((await readdir(dir)).sort()).toEqual([".docker", "build.html", "context", "driver"]);
  });

  it("refuses a report that cannot be written before it builds", async () => {
    for (const file of ["context", "nowhere/build.html"]) {
      const { error, options } = await run(["context", "--push", `--report=${file}`]);
      expect(error).toMatchObject({ code: "INVALID_FLAG" });
      expect(options).toBeUndefined();
    }
  });

  it("warns of a report that turned out not to be writable, and builds all the same", async () => {
    const result = async () => {
      await mkdir(join(dir, "build.html"));
      return IMAGE;
    };
    const { error, warnings } = await run(["context", "--push", "--report=build.html"], { result });
    expect(error).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/^cannot write the report build\.html: /)]);
    expect((await readdir(dir)).sort()).toEqual([".docker", "build.html", "context", "driver"]);
  });

  it("removes the ID of the last build when this one fails", async () => {
    await writeFile(join(dir, "id"), "old");
    const result = async () => Promise.reject(new TsbxError("BUILD_FAILED", "failed to solve: no"));
    const { error, closed } = await run(["context", "--push", "--iidfile=id", "--metadata-file=m"], {
      result,
    });
    expect(error).toMatchObject({ code: "BUILD_FAILED" });
    expect(closed).toBe(1);
    expect((await readdir(dir)).sort()).toEqual([".docker", "context", "driver"]);
  });

  it("touches nothing when an argument is wrong", async () => {
    await writeFile(join(dir, "id"), "old");
    const { error } = await run(["context", "--iidfile=id", "--secret=src=x"]);
    expect(error).toMatchObject({ code: "INVALID_SECRET" });
    expect((await readdir(dir)).sort()).toEqual(["context", "driver", "id"]);
  });

  it("warns about a build whose result goes nowhere, and passes notices on", async () => {
    const result = async () => ({ ...IMAGE, notices: ["cache not found"] });
    expect((await run(["context"], { result })).warnings).toEqual([
      "cache not found",
      expect.stringMatching(/^the result is in the build cache of builder remote and nowhere else: /),
    ]);
    expect((await run(["context", "--progress=none"], { result })).warnings).toEqual([
      expect.stringMatching(/^No output specified with remote driver\. /),
      "cache not found",
    ]);
    expect((await run(["context", "-o", "type=cacheonly"])).warnings).toEqual([]);
  });

  it("adds docker's proxies unless they are given", async () => {
    const proxies = { default: { httpProxy: "http://p", httpsProxy: "http://q", allProxy: "no" } };
    await mkdir(join(dir, "config"));
    await writeFile(join(dir, "config/config.json"), JSON.stringify({ proxies }));
    const { options } = await run(["context", "--build-arg=https_proxy=mine"], {
      env: { DOCKER_CONFIG: join(dir, "config") },
    });
    expect(options?.buildArgs).toEqual({ HTTP_PROXY: "http://p", https_proxy: "mine" });
  });

  it("takes a Dockerfile from stdin, for no context or for one", async () => {
    const dockerfile = { content: Buffer.from("FROM scratch") };
    const stdin = () => Readable.from([dockerfile.content], { objectMode: false });
    expect((await run(["-"], { stdin: stdin() })).options).toMatchObject({
      context: { files: {} },
      dockerfile,
    });
    expect((await run(["context", "-f", "-"], { stdin: stdin() })).options).toMatchObject({
      context: "context",
      dockerfile,
    });
    expect((await run(["-", "-f", "x"], { stdin: stdin() })).error).toMatchObject({
      message: "ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles",
    });
  });

  it("lets go of an archive on stdin that nobody read", async () => {
    const stdin = Readable.from([Buffer.from("1f8b08", "hex"), Buffer.alloc(5000)], { objectMode: false });
    const { options, io } = await run(["-", "-f", "sub/Dockerfile"], { stdin });
    expect(options).toMatchObject({ context: { archive: expect.anything() }, dockerfile: "sub/Dockerfile" });
    expect(io.stdin.destroyed).toBe(true);
  });

  it("writes the metadata of a build whose provenance cannot be read, and says so", async () => {
    const provenance = () => Promise.reject(new Error("no history"));
    const { error, warnings } = await run(["context", "--push", "--metadata-file", "metadata.json"], {
      provenance,
    });
    expect(error).toBeUndefined();
    expect(warnings).toContain("the metadata is without provenance: no history");
    expect(JSON.parse(await readFile(join(dir, "metadata.json"), "utf8"))).toEqual(IMAGE.exporterResponse);
  });

  it("tells where in the work tree the contexts are", async () => {
    const git = (...args: string[]) => promisify(execFile)("git", ["-C", dir, ...args]);
    await git("init", "-q");
    await mkdir(join(dir, "lib"));
    const contexts = ["lib=lib", "dockerfile=./context", "image=docker-image://a", `out=${tmpdir()}`];
    const { options } = await run(["context", ...contexts.flatMap((text) => ["--build-context", text])]);
    expect(options?.frontendAttrs).toEqual({
      "vcs:localdir:context": "context",
      "vcs:localdir:dockerfile": "context",
      "vcs:localdir:lib": "lib",
      "vcs:localdir:_dockerfile": "context",
    });
  });

  it("hands the user's signal on to the build", async () => {
    const controller = new AbortController();
    const result = ({ signal }: BuildOptions) =>
      new Promise<BuildResult>((_, reject) => {
        signal?.addEventListener("abort", () => reject(new TsbxError("ABORTED", "cancelled")));
        controller.abort();
      });
    const args = ["context", "--push", "--report=build.html"];
    const { error, closed } = await run(args, { result, signal: controller.signal });
    expect(error).toMatchObject({ code: "ABORTED" });
    expect(closed).toBe(1);
    expect(await read("build.html")).toContain("<title>context: cancelled in ");
  });
});
