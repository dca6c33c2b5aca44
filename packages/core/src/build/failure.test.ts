import { describe, expect, test } from "vitest";
import { Code, GrpcError } from "../buildkit/transport/status.ts";
import { TsbxError } from "../errors.ts";
import { Status } from "../gen/status.ts";
import { fallbackFrontend } from "./call-fallback.ts";
import { buildError, wireStatus } from "./failure.ts";

const TYPES = "github.com/moby/buildkit/errdefs.";

function failed(message: string, details: Array<[string, unknown]>, code: number = Code.UNKNOWN): GrpcError {
  const any = details.map(([type, value]) => ({
    typeUrl: type,
    value: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
  }));
  const status = Status.fromPartial({ code, message, details: any });
  return new GrpcError(code, message, { details: Status.encode(status).finish() });
}

describe("buildError", () => {
  test.each([
    [Code.UNKNOWN, "failed to solve: it broke"],
    [Code.NOT_FOUND, "failed to solve: NotFound: it broke"],
    [Code.CANCELLED, "failed to solve: Canceled: it broke"],
    [Code.DEADLINE_EXCEEDED, "failed to solve: DeadlineExceeded: it broke"],
  ])("status %i", (code, message) => {
    const error = buildError(new GrpcError(code, "it broke"));
    expect(error).toMatchObject({ code: "BUILD_FAILED", message, status: code, sources: [] });
    expect(error.vertex).toBeUndefined();
  });

  describe("a source that a policy denied", () => {
    const detail = (json: unknown): [string, unknown] => [
      "github.com/moby/buildkit/policysession.DecisionResponse+json",
      json,
    ];

    test.each([
      ['error evaluating the source policy: source "local://context" not allowed by policy: action DENY'],
      [
        'docker.io/a: could not resolve image due to policy: source "local://context" not allowed by policy: action DENY (did you mean b?)',
      ],
      [
        'could not resolve image due to policy: source "local://context" denied by policy: source denied by policy',
      ],
    ])("%s", (text) => {
      expect(buildError(failed(text, []))).toMatchObject({
        code: "SOURCE_DENIED",
        message: `failed to solve: ${text}`,
        identifier: "local://context",
        messages: [],
      });
    });

    test("with the reasons, as far as they can be read", () => {
      const text = 'source "https://h/\\"\\x01" not allowed by policy: action DENY';
      const denyMessages = [{ message: "one" }, { message: "" }, {}, 1, { message: "two" }];
      const details = [detail({ action: "DENY", denyMessages }), detail({ denyMessages: "x" }), detail([])];
      expect(buildError(failed(text, details))).toMatchObject({
        code: "SOURCE_DENIED",
        identifier: String.raw`https://h/\"\x01`,
        messages: ["one", "two"],
      });
    });

    test("not what only speaks of one", () => {
      const text = 'process "echo source \\"x\\" not allowed by policy: action DENY" did not complete';
      expect(buildError(failed(text, []))).toMatchObject({ code: "BUILD_FAILED" });
    });
  });

  test("a lost connection says why, when its driver knows", () => {
    const cause = new TsbxError("DAEMON_UNREACHABLE", "the pod was deleted", { hint: "Run it again." });
    expect(buildError(new GrpcError(Code.UNAVAILABLE, "the connection was lost", { cause }))).toMatchObject({
      message: "failed to solve: Unavailable: the connection was lost: the pod was deleted",
      hint: "Run it again.",
    });
  });

  test.each([
    ["contexts", "current frontend does not support --build-context", "v1.4"],
    [
      "gitquerystring",
      "current frontend does not support Git URLs with query string components",
      "BUILDKIT_SYNTAX",
    ],
  ])("a frontend without %s", (capability, message, hint) => {
    const text = `failed to solve with frontend gateway.v0: unsupported frontend capability moby.buildkit.frontend.${capability}`;
    for (const code of [Code.UNIMPLEMENTED, Code.UNKNOWN]) {
      expect(buildError(new GrpcError(code, text))).toMatchObject({
        message,
        status: code,
        hint: expect.stringContaining(hint),
      });
    }
  });

  test("a frontend without anything else", () => {
    const text = "unsupported frontend capability moby.buildkit.frontend.subrequests";
    expect(buildError(new GrpcError(Code.UNIMPLEMENTED, text)).message).toBe(
      `failed to solve: Unimplemented: ${text}`,
    );
  });

  test("the step and the places in the Dockerfile", () => {
    const data = Buffer.from("FROM scratch\nRUN false\n");
    const error = buildError(
      failed("exit code: 1", [
        [`${TYPES}Vertex+json`, { digest: "sha256:outer" }],
        ["example.com/other", { digest: "no" }],
        [`${TYPES}Vertex+json`, { digest: "sha256:inner" }],
        [
          `${TYPES}Source+json`,
          {
            info: { filename: "Dockerfile", data: data.toString("base64"), language: "Dockerfile" },
            ranges: [{ start: { line: 2 }, end: { line: 2, character: 9 } }],
          },
        ],
        [`${TYPES}Source+json`, { Info: { Filename: "old", Data: "" }, Ranges: null }],
      ]),
    );
    expect(error.vertex).toBe("sha256:inner");
    expect(error.sources).toEqual([
      {
        info: { filename: "Dockerfile", data, language: "Dockerfile" },
        ranges: [{ start: { line: 2, character: 0 }, end: { line: 2, character: 9 } }],
      },
      { info: { filename: "old", data: Buffer.alloc(0) }, ranges: [] },
    ]);
  });

  test("details that are no use are passed over", () => {
    const useless = ["", "{", "null", "1", "[]", "{}", '{"info":null}', '{"info":1}'];
    const error = buildError(
      failed(
        "x",
        useless.flatMap((text) => [[`${TYPES}Source+json`, text]]),
      ),
    );
    expect(error.sources).toEqual([]);
  });
});

test("wireStatus gives back what the daemon said, or makes a status of an error", () => {
  const error = failed("x", [[`${TYPES}Vertex+json`, { digest: "d" }]], Code.ABORTED);
  expect(wireStatus(error)).toMatchObject({ code: Code.ABORTED, message: "x", details: [{}] });
  expect(wireStatus(new GrpcError(Code.ABORTED, "y"))).toMatchObject({ code: Code.ABORTED, message: "y" });
  expect(wireStatus(new Error("z"))).toEqual({ code: Code.UNKNOWN, message: "z", details: [] });
  expect(wireStatus("text")).toEqual({ code: Code.UNKNOWN, message: "text", details: [] });
});

describe("the frontend to ask again", () => {
  const subrequest = (name: string) => [`${TYPES}Subrequest+json`, { name }] as [string, unknown];
  const PINNED = /^docker\/dockerfile:[\d.]+@sha256:[0-9a-f]{64}$/;

  test.each([
    ["frontend.lint", failed("no", [subrequest("frontend.lint")])],
    ["frontend.targets", failed("no", [subrequest("other"), subrequest("frontend.targets")])],
    ["frontend.outline", failed("with frontend dockerfile.v0: unsupported request frontend.outline", [])],
  ])("for %s", (request, error) => {
    expect(fallbackFrontend(error, request)).toMatch(PINNED);
  });

  test.each([
    ["frontend.lint", failed("no", [subrequest("frontend.targets")])],
    ["frontend.lint", failed("no", [["example.com/errdefs.Subrequest+json", { name: "frontend.lint" }]])],
    ["frontend.lint", new Error("unsupported request frontend.lint")],
    ["frontend.convertllb", failed("no", [subrequest("frontend.convertllb")])],
    [undefined, failed("no", [subrequest("frontend.lint")])],
  ])("none for %s", (request, error) => {
    expect(fallbackFrontend(error, request)).toBeUndefined();
  });
});
