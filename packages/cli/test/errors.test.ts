import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { fail } from "./support/failing.ts";

const OUTPUTS = ["--iidfile=id", "--metadata-file=metadata.json", "--output=type=oci,dest=image.tar"];

describe("a build that cannot be", { timeout: 10_000 }, () => {
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
});

describe("a daemon that cannot be reached", { timeout: 10_000 }, () => {
  it("behind a socket that is not there", async () => {
    const { code, stderr } = await fail({
      args: [...OUTPUTS, "context"],
      at: "unix:///nonexistent/buildkitd.sock",
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
      at: `tcp://127.0.0.1:${port}`,
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
      at: `tcp://127.0.0.1:${port}`,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: .*does not speak gRPC/m);
  });
});
