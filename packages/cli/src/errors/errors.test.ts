import { PassThrough } from "node:stream";
import { TsbxError } from "@tsbx/core/errors";
import { describe, expect, it } from "vitest";
import type { Environment } from "../io.ts";
import { errorExitCode } from "./exit-code.ts";
import { printError } from "./print.ts";

async function printed(error: unknown, debug = false, env: Environment = {}): Promise<string> {
  const stderr = new PassThrough();
  await printError(error, { stderr, debug, env });
  return String(stderr.read());
}

function grpcError(code: number): Error {
  return Object.assign(new Error("grpc"), { name: "GrpcError", code });
}

describe("printError", () => {
  it("prints message and hint, and no stack trace", async () => {
    expect(await printed(new TsbxError("X", "it broke", { hint: "Fix it." }))).toBe(
      "ERROR: it broke\nHINT: Fix it.\n",
    );
  });

  it("prints a failed build with its place in the Dockerfile before it", async () => {
    const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } };
    const info = { filename: "Dockerfile", data: Buffer.from("FROM a\nRUN false\n") };
    const error = Object.assign(
      new TsbxError("BUILD_FAILED", "failed to solve: exit code: 1", { builder: "b" }),
      {
        sources: [{ info, ranges: [range] }],
      },
    );
    expect(await printed(error)).toBe(
      [
        "Dockerfile:2",
        "--------------------",
        "   1 |     FROM a",
        "   2 | >>> RUN false",
        "   3 |     ",
        "--------------------",
        "ERROR: failed to build: failed to solve: exit code: 1",
        "",
      ].join("\n"),
    );
  });

  it("prints why a source policy ended a build", async () => {
    const error = Object.assign(new TsbxError("SOURCE_DENIED", "failed to solve: denied"), {
      messages: ["it is old", "it is unsigned"],
    });
    expect(await printed(error)).toBe(
      "Policy: it is old\nPolicy: it is unsigned\nERROR: failed to build: failed to solve: denied\n",
    );
  });

  it.each([
    [new TypeError("oops"), "ERROR: oops\n"],
    ["text", "ERROR: text\n"],
    [undefined, "ERROR: undefined\n"],
  ])("prints %s, which nobody foresaw", async (error, text) => {
    expect(await printed(error)).toBe(text);
  });

  it("gives no commands to GitHub's runner", async () => {
    const error = new TsbxError("X", "RUN echo ##[error]x\n::error::y");
    expect(await printed(error, false, { GITHUB_ACTIONS: "true" })).toBe(
      "ERROR: RUN echo ## [error]x\n: :error::y\n",
    );
    expect(await printed(error)).toBe("ERROR: RUN echo ##[error]x\n::error::y\n");
  });

  it("prints the stacks of the error and its causes with debug", async () => {
    const text = await printed(new TsbxError("X", "outer", { cause: new Error("inner") }), true);
    expect(text).toMatch(/^ERROR: outer\nTsbxError: outer\n +at [\s\S]*\ncaused by: Error: inner\n +at /);
  });
});

describe("errorExitCode", () => {
  it.each([
    [new Error("x"), 1],
    [new TsbxError("X", "x"), 1],
    [new TsbxError("ABORTED", "x"), 130],
    [grpcError(1), 130],
    [grpcError(13), 100],
    [grpcError(14), 1],
    [new TsbxError("X", "x", { cause: grpcError(8) }), 102],
    [Object.assign(new TsbxError("BUILD_FAILED", "x"), { status: 13 }), 100],
    [Object.assign(new Error("x"), { code: 13 }), 1],
    ["text", 1],
  ])("of %s is %i", (error, code) => {
    expect(errorExitCode(error)).toBe(code);
  });
});
