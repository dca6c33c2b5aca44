import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildOptions, build, openNode, type SourceRequest, type SourceVerifier } from "@tsbx/core";
import docker from "@tsbx/driver-docker";
import { loadBed } from "@tsbx/testbed";
import { startWebServer } from "@tsbx/testbed/web-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bedNode } from "./support/daemon.ts";
import { makeRepository } from "./support/repositories.ts";
import { writeTree } from "./support/tree.ts";

const BUSYBOX = "docker-image://docker.io/library/busybox:latest";
const allowAll: SourceVerifier = () => ({ action: "ALLOW" });
const sha256 = (data: string) => `sha256:${createHash("sha256").update(data).digest("hex")}`;

let root: string;
let server: Awaited<ReturnType<typeof startWebServer>>;
let commit: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsbx-verify-"));
  writeTree(root, { one: "one\n", two: "two\n", "remote.Dockerfile": "FROM scratch\nCOPY file /\n" });
  [commit = ""] = await makeRepository(root, "app", [{ files: { file: "of git\n" }, tag: "v1" }]);
  server = await startWebServer(root);
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

/** A build whose sources are an image, a download and a git repository. */
function sources(): BuildOptions {
  const content = [
    "FROM busybox AS image",
    "FROM scratch",
    "COPY --from=image /bin/busybox /busybox",
    `ADD ${server.url}/one /one`,
    `ADD ${server.url}/app.git#v1 /git`,
    "COPY file /file",
  ];
  return {
    context: { files: { file: randomUUID() } },
    dockerfile: { content: `${content.join("\n")}\n` },
  };
}

/** Remembers what is asked, and decides as `verify` does. */
function recording(verify: SourceVerifier = allowAll) {
  const asked: SourceRequest[] = [];
  const verifySource: SourceVerifier = (request, context) => {
    asked.push(request);
    return verify(request, context);
  };
  return { asked, verifySource };
}

/** Decides as `verify` does about one source, and allows the others. */
function about(part: string, verify: SourceVerifier): SourceVerifier {
  return (request, context) =>
    request.identifier.includes(part) ? verify(request, context) : { action: "ALLOW" };
}

const run = (options: BuildOptions, node = bedNode()) => build(node, options).result;

it("is asked about each source, and the build goes on with what it allows", async () => {
  const { asked, verifySource } = recording();
  const dest = join(root, "allowed");
  await run({ ...sources(), verifySource, outputs: [{ type: "local", dest }] });
  expect(asked).toContainEqual({ identifier: BUSYBOX, attrs: {}, platform: "linux/amd64" });
  const identifiers = new Set(asked.map(({ identifier }) => identifier));
  for (const identifier of [
    ...["local://dockerfile", "local://context"],
    ...[`${server.url}/one`, `git://${server.host}/app.git#v1`],
  ]) {
    expect(identifiers).toContain(identifier);
  }
  expect(await readFile(join(dest, "one"), "utf8")).toBe("one\n");
  expect(await readFile(join(dest, "git/file"), "utf8")).toBe("of git\n");
});

describe("a denial ends the build, with the source and the reasons", () => {
  it.each([
    ["docker-image://", BUSYBOX],
    ["/one", "/one"],
    ["git://", "app.git"],
    ["local://context", "local://context"],
  ])("of %s", async (part, identifier) => {
    const messages = ['not "this"', "nor that"];
    const verifySource = about(part, () => ({ action: "DENY", messages }));
    await expect(run({ ...sources(), verifySource })).rejects.toMatchObject({
      code: "SOURCE_DENIED",
      identifier: expect.stringContaining(identifier),
      messages,
      message: expect.stringContaining("not allowed by policy"),
    });
  });

  it("also without a reason, and at its place in the Dockerfile", async () => {
    const verifySource = about(BUSYBOX, async () => ({ action: "DENY" }));
    await expect(run({ ...sources(), verifySource })).rejects.toMatchObject({
      code: "SOURCE_DENIED",
      identifier: BUSYBOX,
      messages: [],
      sources: [{ ranges: [{ start: { line: 1 } }] }],
    });
  });

  it("of an error that the callback throws, or of an answer that is none", async () => {
    const thrown = new RangeError("out of it");
    const verifySource = about(BUSYBOX, () => {
      throw thrown;
    });
    await expect(run({ ...sources(), verifySource })).rejects.toMatchObject({
      code: "SOURCE_DENIED",
      messages: ["out of it"],
      cause: thrown,
    });
    const none = about(BUSYBOX, (() => undefined) as unknown as SourceVerifier);
    await expect(run({ ...sources(), verifySource: none })).rejects.toMatchObject({
      code: "SOURCE_DENIED",
      messages: ["verifySource returned no decision"],
    });
  });

  it("of a Dockerfile by URL", async () => {
    const url = `${server.url}/remote.Dockerfile`;
    const verifySource = about(url, () => ({ action: "DENY", messages: ["not from there"] }));
    const options = { context: { files: { file: "" } }, dockerfile: url, verifySource };
    await expect(run(options)).rejects.toMatchObject({ code: "SOURCE_DENIED", identifier: url });
    await run({ ...options, verifySource: allowAll });
  });
});

describe("resolves", () => {
  /** What of a source is known after the daemon has resolved it. */
  async function resolved(part: string, what: { image?: object; git?: object; http?: object }) {
    let found: SourceRequest | undefined;
    const verifySource = about(part, (request) => {
      if (!request.image && !request.git && !request.http) return { action: "RESOLVE", ...what };
      found = request;
      return { action: "ALLOW" };
    });
    await run({ ...sources(), verifySource });
    return found!;
  }

  it("an image: its digest and configuration", async () => {
    const { image } = await resolved(BUSYBOX, {});
    expect(image!.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const config = JSON.parse(Buffer.from(image!.config).toString());
    expect(config).toMatchObject({ architecture: "amd64", os: "linux" });
    expect(image).not.toHaveProperty("attestationChain");
  });

  it("an image's attestations", async () => {
    const name = `${loadBed().registry.plain.host}/verify:${randomUUID()}`;
    const { context, dockerfile = "" } = sources();
    await run({
      ...{ context, dockerfile, attestations: { provenance: { mode: "min" } } },
      outputs: [{ type: "image", name, push: true }],
    });
    const type = "https://slsa.dev/provenance/v1";
    let chain: NonNullable<SourceRequest["image"]>["attestationChain"];
    const verifySource = about("/verify:", ({ image }) => {
      if (!image) return { action: "RESOLVE", image: { attestationChain: true, attestations: [type] } };
      expect(JSON.parse(Buffer.from(image.config).toString())).toMatchObject({ os: "linux" });
      chain = image.attestationChain;
      return { action: "ALLOW" };
    });
    await run({ ...{ context, verifySource }, dockerfile: { content: `FROM ${name}\n` } });
    const { blobs, attestationManifest, imageManifest, root } = chain!;
    expect(JSON.parse(Buffer.from(blobs.get(root)!.data).toString()).manifests).toContainEqual(
      expect.objectContaining({ digest: imageManifest }),
    );
    const manifest = JSON.parse(Buffer.from(blobs.get(attestationManifest)!.data).toString());
    const layer = manifest.layers.find(
      ({ annotations }: { annotations: Record<string, string> }) =>
        annotations["in-toto.io/predicate-type"] === type,
    );
    expect(JSON.parse(Buffer.from(blobs.get(layer.digest)!.data).toString()).predicateType).toBe(type);
  });

  it("a git repository: its commit and objects", async () => {
    const { git: bare } = await resolved("git://", {});
    expect(bare).toMatchObject({ ref: "refs/tags/v1", commitChecksum: commit });
    expect(bare).not.toHaveProperty("commitObject");
    const { git } = await resolved("git://", { git: { objects: true } });
    expect(Buffer.from(git!.commitObject!).toString()).toMatch(/^tree [0-9a-f]{40}\nauthor Bed /);
    expect(Buffer.from(git!.tagObject!).toString()).toMatch(`object ${commit}\ntype commit\ntag v1\n`);
  });

  it("a download: its checksum, also with a suffix", async () => {
    const { http } = await resolved("/one", {});
    expect(http).toMatchObject({ checksum: sha256("one\n"), filename: "one" });
    expect(http!.lastModified).toEqual(new Date("2017-07-14T02:40:00Z"));
    const suffix = Buffer.from("suffix");
    const { http: more } = await resolved("/one", { http: { suffixed: { algorithm: "SHA256", suffix } } });
    expect(more!.suffixed!.digest).toBe(sha256("one\nsuffix"));
  });
});

describe("converts", () => {
  it("an image to its digest, and is asked about that alone from then on", async () => {
    const { asked, verifySource } = recording(
      about(BUSYBOX, ({ identifier, image }) => {
        if (identifier.includes("@")) return { action: "ALLOW" };
        return image
          ? { action: "CONVERT", identifier: `${BUSYBOX}@${image.digest}` }
          : { action: "RESOLVE" };
      }),
    );
    await run({ ...sources(), verifySource });
    const { digest } = asked.find(({ image }) => image)!.image!;
    expect(asked.map(({ identifier }) => identifier)).toContain(`${BUSYBOX}@${digest}`);
  });

  it("a download to another one, and its attributes", async () => {
    const dest = join(root, "converted");
    const identifier = `${server.url}/two`;
    const converting = (content: string) =>
      about("/one", ({ attrs }) => ({
        action: "CONVERT",
        identifier,
        attrs: { ...attrs, "http.checksum": sha256(content) },
      }));
    const options = { ...sources(), outputs: [{ type: "local", dest } as const] };
    await run({ ...options, verifySource: converting("two\n") });
    expect(await readFile(join(dest, "one"), "utf8")).toBe("two\n");
    await expect(run({ ...options, verifySource: converting("one\n") })).rejects.toMatchObject({
      code: "BUILD_FAILED",
      message: expect.stringContaining("digest mismatch"),
    });
  });

  it("a source to itself, which allows it", async () => {
    const { asked, verifySource } = recording(({ attrs }) => ({ action: "CONVERT", attrs: { ...attrs } }));
    await run({ ...sources(), verifySource });
    expect(asked.map(({ identifier }) => identifier)).toContain(BUSYBOX);
  });
});

describe("several policies", () => {
  it("of which one denies", async () => {
    const first = recording();
    const second = recording(about(BUSYBOX, () => ({ action: "DENY", messages: ["the second"] })));
    const third = recording();
    const verifySource = [first, second, third].map((each) => each.verifySource);
    await expect(run({ ...sources(), verifySource })).rejects.toMatchObject({ messages: ["the second"] });
    const identifiers = [first, second, third].map(({ asked }) => asked.map(({ identifier }) => identifier));
    expect(identifiers[0]).toContain(BUSYBOX);
    expect(identifiers[2]).not.toContain(BUSYBOX);
  });

  it("that are data and a callback: it sees what the data converts to, and nothing that they deny", async () => {
    const { asked, verifySource } = recording();
    const [one, two] = [`${server.url}/one`, `${server.url}/two`];
    const sourcePolicy: NonNullable<BuildOptions["sourcePolicy"]> = {
      rules: [{ action: "CONVERT", selector: { identifier: one }, updates: { identifier: two } }],
    };
    await run({ ...sources(), verifySource, sourcePolicy });
    const identifiers = asked.map(({ identifier }) => identifier);
    expect(identifiers).toContain(two);
    expect(identifiers).not.toContain(one);

    asked.length = 0;
    const denying: typeof sourcePolicy = { rules: [{ action: "DENY", selector: { identifier: BUSYBOX } }] };
    await expect(run({ ...sources(), verifySource, sourcePolicy: denying })).rejects.toMatchObject({
      code: "SOURCE_DENIED",
      identifier: BUSYBOX,
      messages: [],
    });
    expect(asked.map(({ identifier }) => identifier)).not.toContain(BUSYBOX);
  });
});

it("does not keep a build that is cancelled, whatever it waits for", async () => {
  const controller = new AbortController();
  let waiting: AbortSignal | undefined;
  const verifySource = about(BUSYBOX, (_request, { signal }) => {
    waiting = signal;
    controller.abort(new Error("enough"));
    return new Promise(() => {});
  });
  await expect(run({ ...sources(), verifySource, signal: controller.signal })).rejects.toMatchObject({
    code: "ABORTED",
  });
  expect(waiting!.aborted).toBe(true);
});

describe("through Docker", () => {
  const dockerNode = (DOCKER_HOST: string) =>
    openNode(docker, { builder: "b", name: "default" }, { env: { DOCKER_HOST }, stateDir: root });

  it.each(["containerd", "classic"] as const)("its BuildKit asks, with the %s store", async (store) => {
    const node = dockerNode(loadBed(["docker"]).docker[store].unix);
    try {
      const { asked, verifySource } = recording(
        about(BUSYBOX, () => ({ action: "DENY", messages: ["not here"] })),
      );
      await expect(run({ ...sources(), verifySource }, node)).rejects.toMatchObject({
        code: "SOURCE_DENIED",
        messages: ["not here"],
      });
      expect(asked.map(({ identifier }) => identifier)).toContain(BUSYBOX);
      await run({ ...sources(), verifySource: allowAll }, node);
    } finally {
      await node.close();
    }
  });

  it("a daemon of long ago cannot ask: the build is refused", async () => {
    const node = dockerNode(loadBed(["dockerLegacy"]).dockerLegacy.unix);
    const { asked, verifySource } = recording();
    try {
      await expect(run({ ...sources(), verifySource }, node)).rejects.toMatchObject({
        code: "VERIFY_SOURCE_UNSUPPORTED",
      });
      expect(asked).toEqual([]);
    } finally {
      await node.close();
    }
  });
});
