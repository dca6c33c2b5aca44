import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { bytes, changedBytes } from "../../../scripts/fuzz/bytes.ts";
import { fuzz } from "../../../scripts/fuzz/fuzz.ts";
import { fuzzReader } from "../../../scripts/fuzz/reader.ts";
import { changedJson, changedText, text } from "../../../scripts/fuzz/text.ts";
import { answerOf } from "./build/call.ts";
import { buildError } from "./build/failure.ts";
import { provenanceV02 } from "./build/provenance-shape.ts";
import { isGitReference, isRemoteUrl } from "./build/remote-url.ts";
import { parseSourcePolicy, wirePolicy } from "./build/source-policy.ts";
import { readConfigFiles } from "./builder/config-files.ts";
import { BuilderStore } from "./builder/store/store.ts";
import { nameMatcher, PatternList } from "./buildkit/fsync/pattern.ts";
import { dockerConfigCredentials } from "./buildkit/session/auth/docker-config.ts";
import { fetchToken } from "./buildkit/session/auth/token.ts";
import { GrpcError } from "./buildkit/transport/status.ts";
import { parseDuration } from "./driver/duration.ts";
import { FetchTokenRequest } from "./gen/auth.ts";
import { Policy } from "./gen/sourcepolicy.ts";
import { Status } from "./gen/status.ts";
import { resolveInIndex } from "./image/oci-layout-index.ts";
import { formatPlatform, parsePlatform } from "./image/platform.ts";
import { platformFit } from "./image/platform-match.ts";
import { normalizeReference } from "./image/reference.ts";
import { parseChallenge } from "./image/registry/challenge.ts";
import { registryHosts } from "./image/registry/hosts.ts";
import { sourceExcerpt } from "./progress/source-excerpt.ts";

const { signal } = new AbortController();
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tsbx-fuzz-"));
  mkdirSync(join(directory, "instances"));
  mkdirSync(join(directory, "activity"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const write = (path: string, content: string | Uint8Array) => writeFileSync(join(directory, path), content);

describe("what people write", () => {
  fuzzReader(
    "an image reference",
    text(["localhost:5000/a/b:c", "a@sha256:", "library/", "A.b/c"]),
    normalizeReference,
  );
  fuzzReader(
    "a platform",
    text(["linux/amd64", "windows(10)/amd64", "arm/v7", "constructor/constructor"]),
    (value) => formatPlatform(parsePlatform(value)),
  );
  const words = ["linux/amd64", "linux/arm64/v8", "linux/constructor", "windows/__proto__"];
  fuzzReader(
    "two platforms",
    fc.tuple(fc.constantFrom(...words), fc.constantFrom(...words)),
    ([wanted, offered]) => platformFit(wanted, offered),
  );
  fuzzReader("a duration", text(["1h30m", "-1.5s", "1µs"]), parseDuration);
  fuzzReader("a context", text(["https://a/b.git#c:d", "git@a:b", "ssh://a/b?ref=c"]), (value) => [
    isRemoteUrl(value),
    isGitReference(value),
  ]);
  const policy = {
    version: 1,
    rules: [
      {
        action: "DENY",
        selector: {
          identifier: "a",
          matchType: 1,
          constraints: [{ key: "k", value: "v", condition: "EQUAL" }],
        },
        updates: { identifier: "b", attrs: { c: "d" } },
      },
    ],
  };
  const message = fc.constant(Policy.encode(wirePolicy(parseSourcePolicy(JSON.stringify(policy)))).finish());
  const policies = fc.oneof<fc.Arbitrary<string | Uint8Array>[]>(
    changedJson(policy),
    changedBytes(message),
    bytes(),
  );
  // The version's BigInt is as plain as can be.
  fuzzReader("a source policy", policies, (data) => wirePolicy(parseSourcePolicy(data)).rules);
  const toml = `debug = true\n[registry."docker.io"]\nmirrors = ["a"]\nca = ["x"]\n[[registry."a".keypair]]\nkey="k"\n`;
  fuzzReader("a buildkitd.toml", changedText([toml]), async (content) => {
    write("buildkitd.toml", content);
    await readConfigFiles("buildkitd.toml", directory);
  });
});

const part = fc.constantFrom(
  "*",
  "**",
  "**/",
  "*a",
  "?",
  "a",
  "b",
  "/",
  "[a-c]",
  "[^b]",
  "\\*",
  "!",
  ".",
  "^",
);
const glob = fc.tuple(fc.array(part, { maxLength: 3 }), fc.nat(12), fc.array(part, { maxLength: 3 }));
const globs = fc.oneof(
  glob.map(([some, times, more]) => some.join("").repeat(times) + more.join("")),
  text(["**/*.log", "[a-", "a/**/b"]),
);

describe("patterns", () => {
  const paths = fc.oneof(
    fc.constantFrom("a".repeat(255), `${"a/".repeat(100)}c`, "a/b/a.c", "ab".repeat(60)),
    text(["a/b"]),
  );
  fuzzReader("of an ignore file", fc.tuple(fc.array(globs, { maxLength: 4 }), paths), ([patterns, path]) => {
    const list = new PatternList(patterns);
    return [
      list.match(path, list.initial, list.initial),
      list.matchesAllBelow(path),
      list.cannotMatchBelow(path),
    ];
  });
  fuzzReader("of a path that is followed", fc.tuple(globs, paths), ([pattern, path]) =>
    nameMatcher(pattern)(path),
  );
});

describe("what tools keep in files", () => {
  const config = {
    auths: {
      "example.invalid": { auth: "YTpi" },
      "https://index.docker.io/v1/": { username: "a", password: "b" },
      "a.invalid": { identitytoken: "x" },
      "b.invalid": { registrytoken: "y" },
    },
    credHelpers: { "c.invalid": "nothing" },
    credsStore: "",
  };
  const hosts = fc.constantFrom(...Object.keys(config.auths), "c.invalid", "constructor");
  fuzzReader("docker's config.json", fc.tuple(changedJson(config), hosts), ([json, host]) => {
    write("config.json", json);
    return dockerConfigCredentials({ configDir: directory, env: { PATH: directory } }).credentials(
      host,
      signal,
    );
  });

  const node = {
    Name: "a0",
    Endpoint: "unix:///nowhere",
    Platforms: [{ architecture: "amd64", os: "linux", variant: "v2" }],
    DriverOpts: { a: "b" },
    Flags: ["--debug"],
    Files: { "buildkitd.toml": "YQ==" },
  };
  const builder = { Name: "a", Driver: "remote", Nodes: [node], Dynamic: false };
  fuzzReader("the builders", changedJson(builder), async (json) => {
    write("instances/a", json);
    const store = new BuilderStore(directory, {});
    const { builders } = await store.list();
    return [builders, await store.get("a")];
  });
  fuzzReader("the builder in use", changedJson({ Key: "k", Name: "a", Global: true }), (json) => {
    write("current", json);
    return new BuilderStore(directory, {}).currentName("k");
  });
  fuzzReader("the last activity", text(["2024-01-01T00:00:00Z"]), (content) => {
    write("activity/a", content);
    return new BuilderStore(directory, {}).lastActivity("a");
  });
  const index = {
    schemaVersion: 2,
    manifests: [
      {
        mediaType: "m",
        digest: "sha256:a",
        size: 1,
        annotations: { "org.opencontainers.image.ref.name": "t" },
      },
    ],
  };
  fuzzReader("the index of an OCI layout", fc.tuple(changedJson(index), text(["t"])), ([json, tag]) => {
    write("index.json", json);
    return resolveInIndex(directory, tag, signal);
  });
});

const isGrpc = (error: unknown) => error instanceof GrpcError;

describe("what registries say", () => {
  const headers = ['Bearer realm="https://a/b",service="c",scope="d"', 'Basic realm="x\\"y"'];
  fuzzReader("in a challenge", fc.oneof(changedText(headers), text(headers)), parseChallenge);
  const answer = { token: "a", access_token: "b", expires_in: 60, issued_at: "2024-01-01T00:00:00Z" };
  const request = FetchTokenRequest.fromPartial({ realm: "https://a.invalid/", host: "a" });
  fuzzReader(
    "for a token",
    changedJson(answer),
    async (json) => {
      const { token } = await fetchToken(request, undefined, async () => new Response(json), signal);
      expect(typeof token).toBe("string");
    },
    isGrpc,
  );
  const toml = `[registry."docker.io"]\nhttp = true\nca = ["/etc/buildkit/certs/a/x"]\n`;
  fuzzReader("of a node's configuration", changedText([toml]), (content) =>
    registryHosts({ "buildkitd.toml": Buffer.from(content) }),
  );
});

describe("what daemons say", () => {
  const source = {
    info: { filename: "Dockerfile", data: "RlJPTSBh", language: "Dockerfile" },
    ranges: [{ start: { line: 1, character: 0 }, end: { line: 2 } }],
  };
  const type = "github.com/moby/buildkit/errdefs";
  const details = fc.tuple(changedJson(source), changedJson({ digest: "a" })).map(([where, vertex]) =>
    Status.encode({
      code: 2,
      message: "x",
      details: [
        { typeUrl: `${type}.Source+json`, value: Buffer.from(where) },
        { typeUrl: `${type}.Vertex+json`, value: Buffer.from(vertex) },
      ],
    }).finish(),
  );
  const failures = fc.tuple(fc.oneof(details, changedBytes(details), bytes()), fc.integer());
  fuzz("of a build that failed", failures, ([encoded, code]) => {
    const error = buildError(new GrpcError(code, "x", { details: encoded }));
    for (const { info, ranges } of error.sources) sourceExcerpt(info, ranges);
    expect(error.message).toContain("failed to solve");
  });
  const ranges = fc.array(
    fc.record({
      start: fc.record({ line: fc.integer({ max: 9 }), character: fc.nat() }),
      end: fc.record({ line: fc.oneof(fc.nat(9), fc.constant(2 ** 31)), character: fc.nat() }),
    }),
    { maxLength: 3 },
  );
  fuzzReader("of a place in a file", fc.tuple(bytes(60), ranges), ([data, places]) =>
    sourceExcerpt({ filename: "a", data }, places),
  );
  fuzzReader("in answer to a call", fc.tuple(changedJson({ a: 1 }), text(["0", "1"])), ([json, code]) =>
    answerOf({ exporterResponse: { "result.json": json, "result.statuscode": code } }),
  );
  const predicate = {
    buildDefinition: { externalParameters: { configSource: { path: "a" } }, internalParameters: {} },
    runDetails: {
      builder: { id: "" },
      metadata: { invocationId: "a", buildkit_completeness: { request: true } },
    },
  };
  fuzzReader("of a build's provenance", changedJson(predicate), (json) => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(json);
    } catch {
      return undefined;
    }
    return provenanceV02(Object(parsed), "max");
  });
});
