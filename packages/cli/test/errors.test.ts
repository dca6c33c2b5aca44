import { mkdir, readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { tsbx } from "./support/client.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const OUTPUTS = ["--iidfile=id", "--metadata-file=metadata.json", "--output=type=oci,dest=image.tar"];
const DOCKERFILE = { Dockerfile: "FROM busybox\n" };

interface Failing {
  files?: Parameters<typeof writeTree>[1];
  args: readonly string[];
  endpoint?: string;
}

/** Runs a build that must fail: in time, with an error and without a stack trace, and leaving nothing. */
async function fail({ files = DOCKERFILE, args, endpoint }: Failing) {
  const directory = await workspace();
  const client = await tsbx(directory, endpoint);
  const cwd = join(directory, "work");
  await mkdir(cwd);
  writeTree(join(cwd, "context"), files);
  const { code, stdout, stderr } = await client.run(["build", "--progress=plain", ...args], { cwd });
  expect(await readdir(cwd)).toEqual(["context"]);
  expect(stderr).toMatch(/^ERROR: .+/m);
  expect(stderr).not.toMatch(/^ +at .*\d+:\d+\)?$/m);
  expect(stdout).toBe("");
  return { code, stderr };
}

describe("a build that cannot be", { timeout: 10_000 }, () => {
  it("shows the lines of the Dockerfile where a step failed", async () => {
    const { code, stderr } = await fail({
      files: { Dockerfile: "FROM busybox\nRUN true\n\nRUN echo to stderr >&2 && \\\n  exit 7\nRUN true\n" },
      args: [...OUTPUTS, "context"],
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Dockerfile:4$/m);
    expect(stderr).toMatch(/^ {3}4 \| >>> RUN echo to stderr >&2 && \\$/m);
    expect(stderr).toMatch(/^ {3}5 \| >>> {3}exit 7$/m);
    expect(stderr).toMatch(/^ {3}6 \| {5}RUN true$/m);
    expect(stderr).toMatch(/^ERROR: failed to build: .*did not complete successfully: exit code: 7$/m);
  });

  it("shows the line of the Dockerfile that cannot be parsed", async () => {
    const { code, stderr } = await fail({
      files: { Dockerfile: "FROM busybox\nRUNN true\n" },
      args: [...OUTPUTS, "context"],
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ {3}2 \| >>> RUNN true$/m);
    expect(stderr).toMatch(/^ERROR: failed to build: .*unknown instruction: RUNN/m);
  });

  it.each([
    ["a missing context", ["nowhere"], /path "nowhere" not found/],
    ["a context that is a file", ["context/Dockerfile"], /path "context\/Dockerfile" is not a directory/],
    ["a missing Dockerfile", ["-f", "other", "context"], /failed to read dockerfile: .*other not found/],
    ["an unknown flag", ["--tga=x", "context"], /unknown flag: --tga/],
    ["no context", [], /'tsbx build' requires 1 argument/],
    [
      "CSV with a bare quote",
      ["--output", 'type=local,de"st=x', "context"],
      /invalid comma-separated value type=local,de"st=x/,
    ],
    [
      "an unknown output type",
      ["--output", "type=floppy", "context"],
      /exporter "floppy" could not be found/,
    ],
    ["an output without a place", ["--output", "type=local", "context"], /dest/],
    ["a missing secret", ["--secret", "id=x,src=nowhere", "context"], /nowhere/],
    ["a missing named context", ["--build-context", "x=nowhere", "context"], /nowhere/],
    ["a tag that is none", ["--tag", "UPPER", "context"], /UPPER/],
    ["an unknown builder", ["--builder", "nobody", "context"], /no builder "nobody" found/],
  ])("says so of %s", async (_, args, message) => {
    const outputs = args.includes("--output") ? OUTPUTS.slice(0, 2) : OUTPUTS;
    const { code, stderr } = await fail({ args: [...outputs, ...args] });
    expect(code).toBe(1);
    expect(stderr.match(/^ERROR: .*$/m)?.[0]).toMatch(message);
  });

  it("says so of a target stage that the Dockerfile lacks", async () => {
    const { code, stderr } = await fail({ args: [...OUTPUTS, "--target", "nothing", "context"] });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: failed to build: .*nothing/m);
  });

  it("says so of an image that no registry has", async () => {
    const { code, stderr } = await fail({
      files: { Dockerfile: "FROM nothing-of-this-name\n" },
      args: [...OUTPUTS, "context"],
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: failed to build: .*nothing-of-this-name.*not found/m);
  });
});

describe("a daemon that cannot be reached", { timeout: 10_000 }, () => {
  it("behind a socket that is not there", async () => {
    const { code, stderr } = await fail({
      args: [...OUTPUTS, "context"],
      endpoint: "unix:///nonexistent/buildkitd.sock",
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: .*unix:\/\/\/nonexistent\/buildkitd\.sock/m);
    expect(stderr).toMatch(/^HINT: /m);
  });

  it("behind a port that nobody listens on", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const { code, stderr } = await fail({
      args: [...OUTPUTS, "context"],
      endpoint: `tcp://127.0.0.1:${port}`,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^ERROR: .*127\\.0\\.0\\.1:${port}`, "m"));
    expect(stderr).toMatch(/^HINT: /m);
  });

  it("behind a server of another kind", async () => {
    const server = createServer((socket) => socket.end("220 mail.example ESMTP\r\n")).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const { code, stderr } = await fail({
      args: [...OUTPUTS, "context"],
      endpoint: `tcp://127.0.0.1:${port}`,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: .*does not speak gRPC/m);
  });
});
