import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { startWebServer } from "@tsbx/testbed/web-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peer, tsbx } from "./support/client.ts";
import { expectSame as expectSameAt, type Scenario } from "./support/difference.ts";
import { places } from "./support/places.ts";
import { succeed } from "./support/process.ts";
import { copyBelow, makeRepository } from "./support/repositories.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const TOKEN = "a token of the bed";
const HEADER = "custom of the bed";
const AUTHORIZATIONS = [
  `basic ${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}`,
  HEADER,
  `bearer ${TOKEN}`,
];
const DOCKERFILE = "FROM scratch\nARG NONCE\nCOPY . /\n";

/** What the server serves. */
let root: string;
let server: Awaited<ReturnType<typeof startWebServer>>;
/** The commits of `app.git`. */
let commits: string[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsbx-web-"));
  server = await startWebServer(root, AUTHORIZATIONS);
  commits = await makeRepository(root, "app", [
    {
      files: {
        Dockerfile: DOCKERFILE,
        "other.Dockerfile": "FROM scratch\nARG NONCE\nCOPY run.sh /other/\n",
        "run.sh": { content: "#!/bin/sh\n", mode: 0o755 },
        link: { symlink: "run.sh" },
        "sub/Dockerfile": DOCKERFILE,
        "sub/which": "the first\n",
      },
      tag: "v1",
    },
    { files: { "sub/which": "the second\n" }, branch: "feature/two" },
  ]);
  await makeRepository(root, "outer", [{ files: { Dockerfile: DOCKERFILE }, submodules: { inner: "app" } }]);
  writeTree(join(root, "archived"), {
    Dockerfile: DOCKERFILE,
    "other.Dockerfile": "FROM scratch\nARG NONCE\nCOPY a /other/\n",
    "a/x": "x\n",
  });
  const tar = ["--sort=name", "--mtime=@1400000000", "--owner=0:0", "--group=0:0", "--auto-compress"];
  for (const name of ["context.tar", "context.tar.gz"]) {
    execFileSync("tar", [...tar, "-cf", name, "-C", "archived", "."], { cwd: root });
  }
  writeTree(root, {
    "alone.Dockerfile": "FROM busybox\nARG NONCE\nRUN echo alone > /alone\n",
    "remote.Dockerfile": "FROM scratch\nARG NONCE\nCOPY here /\n",
    "large.Dockerfile": `FROM scratch\n${"#".repeat(2 * 1024 * 1024)}\n`,
    "file.txt": "a file\n",
  });
  copyBelow(root, "private", ["app.git", "context.tar.gz"]);
});
afterAll(async () => {
  await server?.close();
  await rm(root, { recursive: true, force: true });
});

const place = () => places().find(({ name }) => name === "remote")!;
const expectSame = (scenario: Partial<Scenario>) => expectSameAt({ files: {}, ...scenario }, place());

/** The names of the files of a result. */
function names(local: readonly string[]): string[] {
  return local.map((line) => line.split(" ")[0]!);
}

describe("a context from a git repository", () => {
  it.each([
    ["its main branch", "/app.git", "the first"],
    ["a branch and a directory", "/app.git#feature/two:sub", "the second"],
    ["a tag and a directory", "/app.git#refs/tags/v1:sub", "the first"],
    ["a directory alone", "/app.git#:sub", "the first"],
    ["the query form", "/app.git?branch=feature/two&subdir=sub", "the second"],
    ["the query form with a tag", "/app.git?tag=v1", "the first"],
  ])("%s", async (_, path, content) => {
    const exportersEpoch = /sub/.test(path);
    const { local } = await expectSame({ context: `${server.url}${path}`, exportersEpoch });
    const which = local.find((line) => /^(sub\/)?which /.test(line))!;
    expect(which).toContain(` ${content.length + 1} `);
    expect(names(local).includes("link")).toBe(!exportersEpoch);
  });

  it("a commit, also with the one that it must be", async () => {
    await expectSame({ context: `${server.url}/app.git#${commits[1]}` });
    const right = `${server.url}/app.git?branch=main&checksum=${commits[0]}`;
    await expectSame({ context: right });
    await expectBothFail(right.replace(commits[0]!, commits[1]!), /expected checksum to match/);
  });

  it("with its submodules, or without, and with its history", async () => {
    const { local } = await expectSame({ context: `${server.url}/outer.git` });
    expect(names(local)).toContain("inner/sub/which");
    const without = await expectSame({ context: `${server.url}/outer.git?submodules=false` });
    expect(names(without.local)).not.toContain("inner/sub/which");
    const args = ["--build-arg", "BUILDKIT_CONTEXT_KEEP_GIT_DIR=1"];
    const kept = await expectSame({ context: `${server.url}/app.git`, args });
    expect(names(kept.local)).toContain(".git/HEAD");
  });

  it("with a Dockerfile of another name in it, on this side, by URL, and on stdin", async () => {
    const context = `${server.url}/app.git`;
    const inside = await expectSame({ context, args: ["--file", "other.Dockerfile"] });
    expect(names(inside.local)).toEqual(["other", "other/run.sh"]);
    writeTree(join(root, "here"), { "my.Dockerfile": "FROM scratch\nARG NONCE\nCOPY sub /mine\n" });
    const here = await expectSame({ context, args: ["--file", join(root, "here/my.Dockerfile")] });
    expect(names(here.local)).toEqual(["mine", "mine/Dockerfile", "mine/which"]);
    const files = { stdin: "FROM scratch\nARG NONCE\nCOPY link /stdin\n" };
    const stdin = await expectSame({ context, files, args: ["--file", "-"], stdin: "stdin" });
    expect(names(stdin.local)).toEqual(["stdin"]);
    writeTree(root, { "url.Dockerfile": "FROM scratch\nARG NONCE\nCOPY link /url\n" });
    const byUrl = await expectSame({ context, args: ["--file", `${server.url}/url.Dockerfile`] });
    expect(names(byUrl.local)).toEqual(["url"]);
  });

  it("over ssh, with the agent or a key", async () => {
    const { user, host, port, key } = loadBed().ssh;
    const context = `ssh://${user}@${host}:${port}${root}/app.git#feature/two:sub`;
    const { local } = await expectSame({ context, args: ["--ssh", `default=${key}`], exportersEpoch: true });
    expect(names(local)).toEqual(["Dockerfile", "which"]);
  });

  it.each([
    ["a token", ["--secret", "id=GIT_AUTH_TOKEN,env=MINE"], TOKEN],
    ["a token for the host", ["--secret", "id=GIT_AUTH_TOKEN.HOST,env=MINE"], TOKEN],
    ["a header", ["--secret", "id=GIT_AUTH_HEADER,env=MINE"], HEADER],
  ])("that wants %s", async (_, args, secret) => {
    const context = `${server.url}/private/app.git#:sub`;
    const own = args.map((arg) => arg.replace("HOST", server.host));
    const { local } = await expectSame({ context, args: own, env: { MINE: secret }, exportersEpoch: true });
    expect(names(local)).toContain("which");
  });

  it("that wants a token, without one", () =>
    expectBothFail(
      `${server.url}/private/app.git#feature/two`,
      /could not read Username|Authentication failed/,
    ));
  it("that is not there", () => expectBothFail(`${server.url}/nobody.git`, /not found|does not exist/i));
  it("without that branch", () => expectBothFail(`${server.url}/app.git#nowhere`, /nowhere/));
});

describe("a context by URL", () => {
  it.each(["context.tar", "context.tar.gz"])("an archive: %s", async (name) => {
    const context = `${server.url}/${name}`;
    const { local } = await expectSame({ context });
    expect(names(local)).toEqual(["Dockerfile", "a", "a/x", "other.Dockerfile"]);
    const other = await expectSame({ context, args: ["--file", "other.Dockerfile"] });
    expect(names(other.local)).toEqual(["other", "other/x"]);
  });

  it("an archive, for a token", async () => {
    const args = ["--secret", `id=HTTP_AUTH_TOKEN_127.0.0.1,env=MINE`];
    await expectSame({ context: `${server.url}/private/context.tar.gz`, args, env: { MINE: TOKEN } });
  });

  it("a Dockerfile", async () => {
    const { local } = await expectSame({ context: `${server.url}/alone.Dockerfile` });
    expect(names(local)).toContain("alone");
  });

  it("that is not there", () => expectBothFail(`${server.url}/nothing.tar`, /404/));
});

describe("a Dockerfile by URL", () => {
  const files = { here: "here\n", there: "there\n" };

  it("with a directory", async () => {
    const { local } = await expectSame({ files, args: ["-f", `${server.url}/remote.Dockerfile`] });
    expect(names(local)).toEqual(["here"]);
  });

  it("with a context on stdin", async () => {
    const { local } = await expectSame({
      files: { "archived/here": "here\n" },
      args: ["-f", `${server.url}/remote.Dockerfile`],
      context: "-",
      stdin: "context.tar",
      prepare: async (parent) => {
        const tar = ["--mtime=@1500000000", "-cf", "context/context.tar", "-C", "context/archived", "here"];
        await succeed("tar", tar, { cwd: parent });
      },
    });
    expect(names(local)).toEqual(["here"]);
  });

  it("that is not there", () => expectBothFail("context", /404/, ["-f", `${server.url}/nothing`]));
  it("that is larger than any", () =>
    expectBothFail("context", /large|big/, ["-f", `${server.url}/large.Dockerfile`]));
});

describe("a directory that looks like a repository", () => {
  it.each(["./like.git", "like.git"])("is a directory: %s", async (context) => {
    const { local } = await expectSame({
      context,
      prepare: async (parent) => writeTree(join(parent, "like.git"), { Dockerfile: DOCKERFILE, x: "x\n" }),
    });
    expect(names(local)).toEqual(["Dockerfile", "x"]);
  });
});

describe("named contexts", () => {
  it("from git and by URL", async () => {
    const { local } = await expectSame({
      files: {
        Dockerfile: `FROM scratch
ARG NONCE
COPY --from=repository which /git/
COPY --from=queried which /queried/
COPY --from=archive / /archive/
COPY --from=file / /file/
`,
      },
      exportersEpoch: true,
      args: [
        ...["--build-context", `repository=${server.url}/app.git#feature/two:sub`],
        ...["--build-context", `queried=${server.url}/app.git?tag=v1&subdir=sub`],
        ...["--build-context", `archive=${server.url}/context.tar.gz`],
        ...["--build-context", `file=${server.url}/file.txt`],
      ],
    });
    expect(names(local)).toEqual(
      expect.arrayContaining(["git/which", "queried/which", "archive/context", "file/context"]),
    );
  });

  it("are told of when the frontend does not find them", () =>
    expectBothFail("context", /404/, ["--build-context", `busybox=${server.url}/nothing.tar`]));
});

/** Runs a build with both tools that is to fail for the same reason. */
async function expectBothFail(context: string, reason: RegExp, args: readonly string[] = []): Promise<void> {
  const directory = await workspace();
  const outcomes = [];
  for (const client of [await peer(directory), await tsbx(directory)]) {
    writeTree(join(client.home, "context"), { Dockerfile: "FROM busybox\nRUN true\n" });
    const { code, stderr } = await client.run(["build", "--output=type=cacheonly", ...args, context]);
    expect(stderr).toMatch(/^ERROR: /m);
    expect(stderr.slice(stderr.lastIndexOf("ERROR: "))).toMatch(reason);
    outcomes.push({ code });
  }
  expect(outcomes[1]).toEqual(outcomes[0]);
}
