import { randomUUID } from "node:crypto";
import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { type BuilderNode, type BuildOptions, build, openNode } from "@tsbx/core";
import remote from "@tsbx/driver-remote";
import { loadBed } from "@tsbx/testbed";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { type OwnDaemon, startOwnDaemon } from "./support/own-daemon.ts";
import { succeed } from "./support/process.ts";
import { describeTree, writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const PLATFORMS = ["linux/amd64", "linux/arm64"];
const EPOCH = "1700000000";
/** The second daemon: the bed has one of this kind, and a build has one reference on each. */
let second: OwnDaemon;

beforeAll(async () => {
  second = await startOwnDaemon();
});
afterAll(() => second.remove());

/** A node on each daemon, created for these platforms. They are closed when the test ends. */
function nodes(first: string[] | undefined, other: string[] | undefined): [BuilderNode, BuilderNode] {
  const open = (name: string, endpoint: string, platforms: string[] | undefined) => {
    const node = { builder: "two", name, endpoint, ...(platforms && { platforms }) };
    const opened = openNode(remote, node, { env: {}, stateDir: "/nonexistent/tsbx-test" });
    onTestFinished(() => opened.close());
    return opened;
  };
  return [open("two0", loadBed().buildkitd.unix, first), open("two1", second.endpoint, other)];
}

function dockerfile(nonce: string): string {
  return `FROM busybox\nARG TARGETPLATFORM\nRUN echo $TARGETPLATFORM > /platform && echo ${nonce} > /nonce\n`;
}

function context(nonce = randomUUID()): BuildOptions {
  return {
    context: { files: { Dockerfile: dockerfile(nonce) } },
    platforms: PLATFORMS,
    buildArgs: { SOURCE_DATE_EPOCH: EPOCH },
    attestations: { provenance: false },
  };
}

interface Manifest {
  digest: string;
  platform: { architecture: string };
}

async function pushedIndex(image: string): Promise<{ digest: string; manifests: Manifest[] }> {
  const { host } = loadBed().registry.plain;
  const [path, tag] = image.slice(host.length + 1).split(":");
  const response = await fetch(`http://${host}/v2/${path}/manifests/${tag}`, {
    headers: { accept: "application/vnd.oci.image.index.v1+json" },
  });
  expect(response.status).toBe(200);
  const { manifests } = (await response.json()) as { manifests: Manifest[] };
  return { digest: response.headers.get("docker-content-digest")!, manifests };
}

describe("a build on two nodes", () => {
  it("is pushed as one index, the peer's to the byte, under every name", async () => {
    const { registry, buildkitd: bed, tools } = loadBed();
    const nonce = randomUUID();
    const repository = `${registry.plain.host}/multi-node/${randomUUID()}`;
    const [first, other] = nodes(["linux/amd64"], ["linux/arm64"]);
    const run = build([first, other], {
      ...context(nonce),
      tags: [`${repository}:one`, `${repository}-copy:two`],
      outputs: [{ type: "image", push: true, attrs: { "rewrite-timestamp": "true" } }],
    });
    const steps = new Set<string>();
    for await (const { vertexes } of run.progress) for (const { name } of vertexes) steps.add(name);
    const { digest } = await run.result;

    const index = await pushedIndex(`${repository}:one`);
    expect(index.digest).toBe(digest);
    expect((await pushedIndex(`${repository}-copy:two`)).digest).toBe(digest);
    expect(index.manifests.map(({ platform }) => platform.architecture)).toEqual(["amd64", "arm64"]);
    expect([...steps].filter((name) => name.startsWith("merging manifest list"))).toHaveLength(1);

    const theirs = await peer(await workspace());
    const buildx = (...args: string[]) =>
      succeed(tools.buildx, args, { env: theirs.env, stdin: dockerfile(nonce) });
    await buildx("create", "--driver", "remote", "--name", "pair", "--platform", "linux/amd64", bed.unix);
    await buildx(
      "create",
      "--driver",
      "remote",
      "--name",
      "pair",
      "--append",
      "--platform",
      "linux/arm64",
      second.endpoint,
    );
    const output = `type=image,name=${repository}:peer,push=true,rewrite-timestamp=true`;
    const args = ["--platform", PLATFORMS.join(","), "--provenance=false", "--output", output];
    await buildx("build", "--builder", "pair", ...args, "--build-arg", `SOURCE_DATE_EPOCH=${EPOCH}`, "-");
    expect(await pushedIndex(`${repository}:peer`)).toEqual(index);
  });

  it("leaves each platform's files in a directory of its own", async () => {
    const dest = join(await workspace(), "out");
    const [first, other] = nodes(["linux/amd64"], ["linux/arm64"]);
    await build([first, other], { ...context(), outputs: [{ type: "local", dest }] }).result;
    expect(readdirSync(dest).sort()).toEqual(["linux_amd64", "linux_arm64"]);
  });

  it("asks the daemons where the nodes were created for no platform", async () => {
    const dest = join(await workspace(), "out");
    const [first, other] = nodes(undefined, ["linux/arm64"]);
    const run = build([first, other], { ...context(), outputs: [{ type: "local", dest }] });
    await run.result;
    expect(readdirSync(dest).sort()).toEqual(["linux_amd64", "linux_arm64"]);
  });

  it("reads a context that comes as a stream once, for all, and says which node is booted", async () => {
    const directory = await workspace();
    writeTree(join(directory, "context"), { Dockerfile: "FROM scratch\nCOPY . /\n", file: randomUUID() });
    const dest = join(directory, "out");
    await succeed("tar", ["-cf", "context.tar", "-C", "context", "."], { cwd: directory });
    const [first, other] = nodes(undefined, ["linux/arm64"]);
    const boot = first.handle.boot;
    vi.spyOn(first.handle, "boot").mockImplementation(async (progress, signal) => {
      progress("looking");
      await boot.call(first.handle, progress, signal);
    });
    const run = build([first, other], {
      context: { archive: createReadStream(join(directory, "context.tar")) },
      platforms: PLATFORMS,
      outputs: [{ type: "local", dest }],
    });
    const steps = new Set<string>();
    for await (const { vertexes } of run.progress) for (const { name } of vertexes) steps.add(name);
    await run.result;
    const [amd64, arm64] = PLATFORMS.map((name) => describeTree(join(dest, name.replace("/", "_"))));
    expect(amd64).toEqual(arm64);
    expect(amd64?.map((line) => line.split(" ")[0])).toEqual(["Dockerfile", "file"]);
    expect(steps).toContain("[two0 internal] booting buildkit");
  });

  it.each<[string, Partial<BuildOptions>]>([
    ["oci", { outputs: [{ type: "oci", dest: "image.tar" }] }],
    [
      "--load",
      { load: true, imageStore: { description: "s", accepts: async () => "oci", load: async () => {} } },
    ],
  ])("refuses %s, which is one stream", async (what, options) => {
    const [first, other] = nodes(["linux/amd64"], ["linux/arm64"]);
    const run = build([first, other], { ...context(), ...options });
    await expect(run.result).rejects.toMatchObject({
      code: "MULTI_NODE_UNSUPPORTED",
      message: expect.stringContaining(what),
    });
  });
});

/** Both tools, with one store between them. */
async function both(env: Readonly<Record<string, string>> = {}): Promise<{ ours: Client; theirs: Client }> {
  const directory = await workspace();
  const place = { name: "none", node: "", env: { ...env, BUILDX_CONFIG: join(directory, "store") } };
  return { ours: await tsbx(directory, place), theirs: await peer(directory, place) };
}

/** A builder `two` with a node for each platform. */
async function createTwo(client: Client, driver: string, endpoints: readonly string[][]): Promise<void> {
  for (const [index, endpoint] of endpoints.entries()) {
    const append = index > 0 ? ["--append"] : ["--driver", driver];
    await client.succeed([
      "create",
      "--name",
      "two",
      ...append,
      "--platform",
      PLATFORMS[index]!,
      ...endpoint,
    ]);
  }
}

describe("the command, on a builder of two nodes", () => {
  it.each(["tsbx", "peer"] as const)("made by one (%s): both push the same index", async (maker) => {
    const { registry, buildkitd } = loadBed();
    const { ours, theirs } = await both();
    await createTwo(maker === "tsbx" ? ours : theirs, "remote", [[buildkitd.unix], [second.endpoint]]);
    const nonce = randomUUID();
    const indexes = [];
    for (const client of [ours, theirs]) {
      const image = `${registry.plain.host}/multi-node/${randomUUID()}:one`;
      const output = `type=image,name=${image},push=true,rewrite-timestamp=true`;
      const args = ["--builder", "two", "--platform", PLATFORMS.join(","), "--provenance=false"];
      args.push("--output", output, "--build-arg", `SOURCE_DATE_EPOCH=${EPOCH}`);
      await client.succeed(["build", ...args, "-"], { stdin: dockerfile(nonce) });
      indexes.push(await pushedIndex(image));
    }
    expect(indexes[0]!.manifests).toHaveLength(2);
    expect(indexes[0]).toEqual(indexes[1]);
  });

  it("boots no node that the platform does not need", async () => {
    const { tools } = loadBed();
    const { ours } = await both({ XDG_STATE_HOME: join(await workspace(), "state") });
    const programs = ["--driver-opt", `binary=${tools.buildkitd},runc=${tools.runc}`];
    await createTwo(ours, "buildkitd", [programs, programs]);
    onTestFinished(async () => void (await ours.run(["rm", "two"])));
    const stdin = "FROM scratch\nCOPY <<EOF /file\nEOF\n";
    await ours.succeed(["build", "--builder", "two", "--platform", "linux/arm64", "-"], { stdin });
    const { stdout } = await ours.succeed(["ls", "--format", "{{.Name}} {{.Status}}"]);
    expect(stdout).toContain("two0 inactive\ntwo1 running\n");
  });

  it("does without a node that is down, unless its platform is asked for", async () => {
    const { ours, theirs } = await both();
    await createTwo(theirs, "remote", [[loadBed().buildkitd.unix], ["tcp://127.0.0.1:1"]]);
    const stdin = "FROM scratch\nCOPY <<EOF /file\nEOF\n";
    const build = (client: Client, ...args: string[]) =>
      client.run(["build", "--builder", "two", "--output", "type=cacheonly", ...args, "-"], { stdin });
    for (const client of [ours, theirs]) {
      expect((await build(client)).code).toBe(0);
      expect((await build(client, "--platform", "linux/amd64")).code).toBe(0);
    }
    // The peer waits for the node for 20 s.
    expect((await build(ours, "--platform", PLATFORMS.join(","))).code).toBe(1);
    const { stderr } = await build(ours, "--platform", "linux/arm64");
    expect(stderr).toMatch(/^ERROR: .*127\.0\.0\.1:1/m);
  });
});
