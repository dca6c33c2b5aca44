import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { planCacheResets, planCaches } from "./cache.ts";
import { planContext } from "./context.ts";
import { planExports } from "./exports.ts";
import { planNamedContexts } from "./named-contexts.ts";
import type { BuildOptions, Output } from "./options.ts";
import { emptyPlan, type Plan } from "./plan.ts";

const { signal } = new AbortController();
const DIGEST = `sha256:${"a".repeat(64)}`;
const BLOB = `cache/blobs/sha256/${"a".repeat(64)}`;
let cwd: string;
let plan: Plan;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "tsbx-plan-"));
  plan = emptyPlan();
});

afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

const at = (path: string) => join(cwd, path);
const attrs = () => Object.fromEntries(plan.attrs);

function put(path: string, content = ""): void {
  mkdirSync(join(at(path), ".."), { recursive: true });
  writeFileSync(at(path), content);
}

function layout(path: string, manifests: Array<Record<string, string>>): void {
  const entries = manifests.map((annotations) => ({ mediaType: "m", digest: DIGEST, size: 1, annotations }));
  put(join(path, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: entries }));
}

describe("the context", () => {
  const planIt = (options: BuildOptions) => planContext(options, cwd, plan);

  test("a directory, with its Dockerfile", async () => {
    put("app/Dockerfile");
    await planIt({ context: "app" });
    expect(Object.fromEntries(plan.dirs)).toEqual({
      context: { root: at("app") },
      dockerfile: { root: at("app") },
    });
    expect([attrs(), plan.sharedKey]).toEqual([{ filename: "Dockerfile" }, "app"]);
  });

  test.each<[string, string | undefined, string, string]>([
    ["app/dockerfile", undefined, "app", "dockerfile"],
    ["other/My.Dockerfile", "other/My.Dockerfile", "other", "My.Dockerfile"],
    ["app/sub/D", "app/sub/D", "app/sub", "D"],
  ])("the Dockerfile %s", async (path, dockerfile, root, filename) => {
    mkdirSync(at("app"));
    put(path);
    await planIt({ context: "app", ...(dockerfile && { dockerfile }) });
    expect(plan.dirs.get("dockerfile")).toEqual({ root: at(root) });
    expect(attrs()).toEqual({ filename });
  });

  test("a Dockerfile as text", async () => {
    await planIt({ context: ".", dockerfile: { content: "FROM scratch" } });
    expect(plan.dirs.get("dockerfile")).toEqual({
      files: new Map([["Dockerfile", Buffer.from("FROM scratch")]]),
    });
    expect(attrs()).toEqual({ dockerfilekey: "dockerfile", filename: "Dockerfile" });
  });

  test("files in memory", async () => {
    await planIt({ context: { files: { Dockerfile: "x", "a/b": Buffer.from([1]) } } });
    expect(plan.dirs.get("context")).toBe(plan.dirs.get("dockerfile"));
    await expect(planIt({ context: { files: {} } })).rejects.toMatchObject({ code: "DOCKERFILE_NOT_FOUND" });
  });

  test("a stream", async () => {
    const archive = new PassThrough();
    await planIt({ context: { archive }, dockerfile: "sub/Dockerfile" });
    const [[id, stream]] = [...plan.uploads] as [[string, unknown]];
    expect(stream).toBe(archive);
    expect(attrs()).toEqual({ context: `http://buildkit-session/${id}`, filename: "sub/Dockerfile" });
    archive.destroy();
  });

  test("a URL is the daemon's to fetch; a directory of that name is not", async () => {
    await planIt({ context: "https://host/app.git#main" });
    expect(attrs()).toEqual({ context: "https://host/app.git#main", filename: "Dockerfile" });
    expect(plan.dirs.size).toBe(0);
    put("github.com/me/app/Dockerfile");
    plan = emptyPlan();
    await planIt({ context: "github.com/me/app" });
    expect(plan.dirs.has("context")).toBe(true);
  });

  test.each<[BuildOptions, string]>([
    [{ context: "" }, "INVALID_CONTEXT"],
    [{ context: "missing" }, "INVALID_CONTEXT"],
    [{ context: "file" }, "INVALID_CONTEXT"],
    [{ context: "file/below" }, "INVALID_CONTEXT"],
    [{ context: "x".repeat(5000) }, "INVALID_CONTEXT"],
    [{ context: "empty" }, "DOCKERFILE_NOT_FOUND"],
    [{ context: "empty", dockerfile: "missing" }, "DOCKERFILE_NOT_FOUND"],
  ])("%j is refused", async (options, code) => {
    put("file");
    mkdirSync(at("empty"));
    await expect(planIt(options)).rejects.toMatchObject({ code });
  });
});

describe("named contexts", () => {
  const planIt = (buildContexts: Record<string, string>, options: Partial<BuildOptions> = {}) =>
    planNamedContexts({ context: ".", buildContexts, ...options }, cwd, plan, signal);
  const FORWARD = { "frontend.caps": "moby.buildkit.frontend.contexts+forward" };

  test.each(["docker-image://alpine:3", "target:base", "input:x", "https://host/app.git", "git@host:app"])(
    "%s goes to the daemon as it is",
    async (value) => {
      await planIt({ x: value });
      expect(attrs()).toEqual({ "context:x": value, ...FORWARD });
    },
  );

  test("directories, whose mounts keep clear of the build's own", async () => {
    mkdirSync(at("dir"));
    await planIt({ lib: "dir", context: "dir" }, { clientId: "me" });
    expect(attrs()).toEqual({
      "context:lib": "local:lib",
      "sharedkey:localdir:lib": "dir:me",
      "context:context": "local:_context",
      "sharedkey:localdir:_context": "dir:me",
      ...FORWARD,
    });
    expect([...plan.dirs.keys()]).toEqual(["lib", "_context"]);
  });

  test.each([
    ["alpine", "alpine"],
    ["alpine:latest", "alpine"],
    ["docker.io/library/alpine:3", "alpine:3"],
    ["docker.io/me/app", "me/app"],
    ["ghcr.io/me/app", "ghcr.io/me/app"],
  ])("the name %s", async (name, key) => {
    await planIt({ [name]: "target:x" });
    expect(attrs()).toHaveProperty([`context:${key}`]);
  });

  test.each([
    ["layout", "latest"],
    ["layout:1.0", "1.0"],
    [`layout@${DIGEST}`, "latest"],
    [`layout:x@${DIGEST}`, "x"],
  ])("oci-layout://%s", async (text, tag) => {
    layout(
      "layout",
      ["latest", "1.0"].map((name) => ({ "org.opencontainers.image.ref.name": name })),
    );
    await planIt({ x: `oci-layout://${text}` });
    const [[store, directory]] = [...plan.stores] as [[string, string]];
    expect(directory).toBe(at("layout"));
    expect(attrs()["context:x"]).toBe(`oci-layout://${store.slice(4)}:${tag}@${DIGEST}`);
    expect(store).toMatch(/^oci:/);
  });

  test.each(["missing", "file", "oci-layout://missing", "oci-layout://layout:2.0"])(
    "%s is refused",
    async (value) => {
      put("file");
      layout("layout", [{ "org.opencontainers.image.ref.name": "1.0" }]);
      await expect(planIt({ x: value })).rejects.toMatchObject({ code: "INVALID_CONTEXT" });
    },
  );

  const QUERY = "https://host/app.git?branch=x";
  test.each<[string, Record<string, string>, string | undefined]>([
    [".", {}, undefined],
    [QUERY, {}, "gitquerystring"],
    [QUERY, { x: "target:y" }, "contexts+forward,gitquerystring"],
    [".", { x: QUERY }, "contexts+forward,gitquerystring+forward"],
    [QUERY, { x: QUERY, y: QUERY }, "contexts+forward,gitquerystring,gitquerystring+forward"],
  ])("what the frontend has to know for %s and %j", async (context, contexts, capabilities) => {
    await planIt(contexts, { context });
    const prefixed = capabilities?.split(",").map((name) => `moby.buildkit.frontend.${name}`);
    expect(attrs()["frontend.caps"]).toBe(prefixed?.join(","));
  });
});

describe("outputs", () => {
  const planIt = (outputs: Output[], options: Partial<BuildOptions> = {}) =>
    planExports({ context: ".", outputs, ...options }, cwd, plan);

  test.each<[string, Output[], Partial<BuildOptions>, Plan["exporters"]]>([
    ["none", [], {}, []],
    ["the cache only", [{ type: "cacheonly" }], {}, []],
    [
      "an image with tags",
      [{ type: "image", name: "replaced" }],
      { tags: ["app", "host:1/x:y"] },
      [{ type: "image", attrs: { name: "docker.io/library/app:latest,host:1/x:y" } }],
    ],
    [
      "push",
      [],
      { push: true, tags: ["a"] },
      [{ type: "image", attrs: { push: "true", unpack: "false", name: "docker.io/library/a:latest" } }],
    ],
    [
      "push of an image that is asked for",
      [{ type: "image", attrs: { x: "y" } }],
      { push: true, tags: ["a"] },
      [
        {
          type: "image",
          attrs: { x: "y", push: "true", unpack: "false", name: "docker.io/library/a:latest" },
        },
      ],
    ],
    [
      "a registry",
      [{ type: "registry", name: "host/a" }],
      {},
      [{ type: "image", attrs: { name: "host/a", push: "true", unpack: "false" } }],
    ],
    ["a directory", [{ type: "local", dest: "out" }], { tags: ["a"] }, [{ type: "local", attrs: {} }]],
  ])("%s", async (_, outputs, options, exporters) => {
    await planIt(outputs, options);
    expect(plan.exporters).toEqual(exporters);
  });

  test("where their files go, by index", async () => {
    const stream = new PassThrough();
    await planIt([
      { type: "image" },
      { type: "local", dest: "out" },
      { type: "tar", dest: "out.tar" },
      { type: "oci", dest: stream },
    ]);
    expect([...plan.targets]).toEqual([
      [1, { kind: "directory", dest: at("out"), removeOthers: false }],
      [2, { kind: "file", dest: at("out.tar") }],
      [3, { kind: "stream", stream }],
    ]);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("an image to load has no destination of its own", async () => {
    await planIt([{ type: "tar", dest: "out.tar" }, { type: "image" }], { load: true });
    expect(plan.exporters.map(({ type }) => type)).toEqual(["tar", "image", "docker"]);
    expect([...plan.loads]).toEqual([[2, undefined]]);
    expect(plan.targets.has(2)).toBe(false);
  });

  test("an OCI layout directory gets its index when the build is done", async () => {
    await planIt([{ type: "oci", tar: false, dest: "layout" }], { tags: ["app"] });
    expect(plan.exporters[0]!.attrs.tar).toBe("false");
    expect(Object.fromEntries(plan.stores)).toEqual({ export: at("layout") });
    const descriptor = { mediaType: "m", digest: DIGEST, size: 1 };
    const encoded = Buffer.from(JSON.stringify(descriptor)).toString("base64");
    const response = { "containerimage.descriptor": encoded, "image.name": "docker.io/library/app:latest" };
    for (const afterwards of plan.afterwards) await afterwards(response, signal);
    const index = JSON.parse(readFileSync(at("layout/index.json"), "utf8"));
    expect(index.manifests).toMatchObject([
      { digest: DIGEST, annotations: { "io.containerd.image.name": "docker.io/library/app:latest" } },
    ]);
  });

  test.each<[Output[], Partial<BuildOptions>, string]>([
    [[{ type: "local", dest: "file" }], {}, "INVALID_OUTPUT"],
    [[{ type: "oci", tar: false, dest: "file" }], {}, "INVALID_OUTPUT"],
    [[{ type: "tar", dest: "dir" }], {}, "INVALID_OUTPUT"],
    [[], { push: true }, "TAG_REQUIRED"],
    [[{ type: "registry" }], {}, "TAG_REQUIRED"],
    [[{ type: "image" }], { tags: ["BAD"] }, "INVALID_REFERENCE"],
    [[{ type: "local", dest: "out" }], { tags: ["good", "BAD"] }, "INVALID_REFERENCE"],
    [[], { tags: ["BAD"] }, "INVALID_REFERENCE"],
    [
      [
        { type: "oci", tar: false, dest: "a" },
        { type: "oci", tar: false, dest: "b" },
      ],
      {},
      "INVALID_OUTPUT",
    ],
  ])("%j with %j is refused, and nothing is made", async (outputs, options, code) => {
    put("file");
    mkdirSync(at("dir"));
    await expect(planIt(outputs, options)).rejects.toMatchObject({ code });
    expect(readdirSync(cwd).sort()).toEqual(["dir", "file"]);
  });
});

describe("caches", () => {
  const planIt = (options: Partial<BuildOptions>) =>
    planCaches({ context: ".", ...options }, cwd, plan, signal);
  const imports = () => JSON.parse(plan.attrs.get("cache-imports") ?? "[]");

  test("what the daemon does by itself is passed on", async () => {
    const entry = { type: "registry", attrs: { ref: "host/cache", mode: "max" } };
    await planIt({ cacheFrom: [entry], cacheTo: [entry], buildArgs: { BUILDKIT_INLINE_CACHE: "true" } });
    expect(plan.cacheImports).toEqual([entry]);
    expect(plan.cacheExports).toEqual([entry, { type: "inline", attrs: {} }]);
    expect(imports()).toEqual([{ Type: "registry", Attrs: entry.attrs }]);
  });

  test("a local import is an index's digest and a store", async () => {
    layout("cache", [{ "org.opencontainers.image.ref.name": "main" }]);
    put(BLOB);
    await planIt({ cacheFrom: [{ type: "local", attrs: { src: "cache", tag: "main" } }] });
    expect(plan.cacheImports).toEqual([{ type: "local", attrs: { src: "cache", digest: DIGEST } }]);
    expect(Object.fromEntries(plan.stores)).toEqual({ "local:cache": at("cache") });
  });

  test("a local import that is not there yet is a notice", async () => {
    put("broken/index.json", "{");
    layout("cache", [{ "org.opencontainers.image.ref.name": "latest" }]);
    const attrsOf = (src: string) => ({ type: "local", attrs: { src } });
    const digest = { type: "local", attrs: { src: "cache", digest: "sha256:../.." } };
    await planIt({ cacheFrom: [attrsOf("missing"), attrsOf("broken"), attrsOf("cache"), digest] });
    expect(plan.notices).toEqual([
      "local cache import at missing not found: skipped",
      "local cache import at broken not found: skipped",
      `local cache import at cache skipped: it has no ${DIGEST}`,
      "local cache import at cache skipped: it has no sha256:../..",
    ]);
    expect([plan.cacheImports, plan.stores.size, plan.attrs.size]).toEqual([[], 0, 0]);
  });

  test("a local export gets its index when the build is done", async () => {
    await planIt({ cacheTo: [{ type: "local", attrs: { dest: "cache", tag: "main", mode: "max" } }] });
    expect(plan.cacheExports).toEqual([{ type: "local", attrs: { dest: "cache", mode: "max" } }]);
    const manifest = JSON.stringify({ mediaType: "m", digest: DIGEST, size: 1 });
    for (const afterwards of plan.afterwards) await afterwards({ "cache.manifest": manifest }, signal);
    put(BLOB);
    await planIt({ cacheFrom: [{ type: "local", attrs: { src: "cache", tag: "main" } }] });
    expect(plan.cacheImports[0]!.attrs.digest).toBe(DIGEST);
  });

  const resetting = (reset: string) => ({
    context: ".",
    cacheTo: [{ type: "local", attrs: { dest: "cache", reset } }],
  });

  test("a local export says itself whether it is reset", async () => {
    await planIt(resetting("true"));
    expect(plan.cacheExports).toEqual([{ type: "local", attrs: { dest: "cache" } }]);
    plan = emptyPlan();
    for (const reset of ["0", "false", "F"]) planCacheResets(resetting(reset), cwd, plan);
    expect(plan.afterwards).toEqual([]);
    expect(() => planCacheResets(resetting("maybe"), cwd, plan)).toThrowError(/"maybe" is not a boolean/);
  });

  test("what cannot be reset is a notice", async () => {
    planCacheResets(resetting("true"), cwd, plan);
    await plan.afterwards[0]?.({}, signal);
    expect(plan.notices).toEqual([expect.stringMatching(/^local cache at cache was not reset: ENOENT/)]);
  });

  test.each<Partial<BuildOptions>>([
    { cacheFrom: [{ type: "local", attrs: {} }] },
    { cacheFrom: [{ type: "local", attrs: { src: "" } }] },
    { cacheTo: [{ type: "local", attrs: { src: "x" } }] },
    { cacheTo: [{ type: "local", attrs: { dest: "file" } }] },
  ])("%j is refused", async (options) => {
    put("file");
    await expect(planIt(options)).rejects.toMatchObject({ code: "INVALID_CACHE" });
    expect(readdirSync(cwd)).toEqual(["file"]);
  });
});
