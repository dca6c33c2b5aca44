import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { Op } from "../gen/llb.ts";
import { readSteps, type WireDefinition } from "./read-steps.ts";

type Given = Parameters<typeof Op.fromPartial>[0];

/** A definition of these operations, which name those they build on by their place in it. */
function definition(operations: readonly [name: string, on: number[], op: Given, ignoreCache?: boolean][]) {
  const def: Uint8Array[] = [];
  const metadata: Record<string, { ignoreCache: boolean; description: Record<string, string> }> = {};
  const digests: string[] = [];
  for (const [name, on, op, ignoreCache = false] of operations) {
    const inputs = on.map((index) => ({ digest: digests[index]!, index: 0n }));
    const bytes = Op.encode(Op.fromPartial({ ...op, inputs })).finish();
    digests.push(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
    def.push(bytes);
    metadata[digests.at(-1)!] = { ignoreCache, description: { "llb.customname": name } };
  }
  return { definition: { def, metadata } satisfies WireDefinition, digests };
}

const image = (identifier: string): Given => ({ source: { identifier, attrs: {} } });
const context = (session: string): Given => ({
  source: {
    identifier: "local://context",
    attrs: {
      "local.session": session,
      "local.unique": session,
      "local.followpaths": '["src"]',
      "local.excludepatterns": '["*.md"]',
    },
  },
});
const copy = (src: string): Given => ({
  file: { actions: [{ input: 0n, secondaryInput: 1n, copy: { src, dest: "/" } }] },
});
const run = (env: string[], proxy?: string): Given => ({
  exec: {
    meta: { args: ["make"], env, cwd: "/", ...(proxy && { proxyEnv: { httpProxy: proxy } }) },
    mounts: [
      { input: 0n, dest: "/" },
      { input: 1n, dest: "/src", selector: "/src" },
    ],
  },
});
const build = (session: string, env: string[], proxy?: string) =>
  definition([
    ["[1/3] FROM busybox", [], image("docker-image://docker.io/library/busybox:1@sha256:0123")],
    ["[internal] load build context", [], context(session)],
    ["[2/3] COPY src /", [0, 1], copy("/src")],
    ["[3/3] RUN make", [2, 1], run(env, proxy), true],
    ["", [3], {}],
  ]);

test("steps are what they are in every build, but for their digests", () => {
  const [first, second] = [build("one", ["A=1"], "http://p"), build("two", ["A=1"])];
  const [one, two] = [first, second].map((each) => readSteps([each.definition]));
  expect(one!.map(({ digest }) => digest)).toEqual(first.digests.slice(0, 4));
  expect(one![3]!.digest).not.toBe(two![3]!.digest);
  const timeless = one!.map(({ digest, inputs, takes, ...step }) => step);
  expect(timeless).toEqual(two!.map(({ digest, inputs, takes, ...step }) => step));
  expect(one).toMatchObject([
    { source: { kind: "image", name: "docker.io/library/busybox:1", id: "sha256:0123" }, parts: {} },
    {
      source: {
        kind: "local",
        mount: "context",
        filter: { include: [], exclude: ["*.md"], follow: ["src"] },
      },
    },
    { name: "[2/3] COPY src /", ignoresCache: false, inputs: first.digests.slice(0, 2) },
    { name: "[3/3] RUN make", ignoresCache: true, inputs: [first.digests[2], first.digests[1]] },
  ]);
  const source = first.digests[1];
  expect(one![2]!.takes).toEqual([{ source, path: "/src", include: [], exclude: [] }]);
  expect(one![3]!.takes).toEqual([{ source, path: "/src", include: [], exclude: [] }]);
});

test("what a variable holds cannot be read back", () => {
  const steps = readSteps([build("one", ["TOKEN=very secret", "EMPTY=", "BARE"]).definition]);
  expect(Object.keys(steps[3]!.variables)).toEqual(["TOKEN", "EMPTY", "BARE"]);
  expect(JSON.stringify(steps)).not.toContain("secret");
});

test("the text of a heredoc is its step's own", () => {
  const heredoc = (text: string) =>
    readSteps([
      definition([
        ["[1/2] FROM busybox", [], image("docker-image://busybox@sha256:0123")],
        [
          "[internal] preparing inline document",
          [],
          {
            file: {
              actions: [{ input: -1n, secondaryInput: -1n, mkfile: { path: "/f", data: Buffer.from(text) } }],
            },
          },
        ],
        ["[2/2] COPY <<EOF /f", [0, 1], copy("/f")],
        ["", [2], {}],
      ]).definition,
    ]);
  const [one, two] = [heredoc("one"), heredoc("two")];
  expect(one.map(({ name }) => name)).toEqual(["[1/2] FROM busybox", "[2/2] COPY <<EOF /f"]);
  expect(one[1]!.inputs).toEqual([one[0]!.digest]);
  expect(one[1]!.parts.command).not.toBe(two[1]!.parts.command);
});

test.each([
  ["docker-image://host/a:1", {}, { kind: "image", name: "host/a:1", id: "" }],
  ["oci-layout://8s7d:latest@sha256:0123", {}, { kind: "image", name: "the OCI layout", id: "sha256:0123" }],
  ["https://host/file", {}, { kind: "other", name: "https://host/file", isFixed: false }],
  ["https://host/file", { "http.checksum": "sha256:0" }, { kind: "other", isFixed: true }],
  ["git://host/app.git#main", {}, { kind: "other", isFixed: false }],
  [`git://host/app.git#${"a".repeat(40)}`, {}, { kind: "other", isFixed: true }],
  ["http://buildkit-session/8s7d", {}, { kind: "other", name: "the context", isFixed: false }],
])("the source %s", (identifier, attrs, expected) => {
  const [step] = readSteps([
    definition([
      ["", [], { source: { identifier, attrs } }],
      ["", [0], {}],
    ]).definition,
  ]);
  expect(step!.source).toMatchObject(expected);
});
