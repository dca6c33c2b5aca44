import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gitInfo } from "./git-info.ts";

let dir: string;

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), "tsbx-git-")));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const identity = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
};
const alone = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", PATH: process.env.PATH };

function git(...args: string[]): string {
  return execFileSync("git", ["-C", dir, ...args], {
    env: { ...identity, ...alone },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}

async function info(env: Record<string, string> = {}) {
  const warnings: string[] = [];
  const attrs = await gitInfo(
    { dirs: { context: join(dir, "app"), dockerfile: dir }, file: join(dir, "Dockerfile") },
    {
      env: { ...alone, GIT_CEILING_DIRECTORIES: join(dir, ".."), ...env },
      signal: new AbortController().signal,
      warn: (text) => warnings.push(text),
    },
  );
  return { attrs, warnings };
}

async function repository(): Promise<string> {
  git("init", "-q", "-b", "main");
  await mkdir(join(dir, "app"));
  await writeFile(join(dir, "app/file"), "");
  git("add", ".");
  git("commit", "-qm", "one");
  return git("rev-parse", "HEAD");
}

describe("gitInfo", () => {
  it("tells revision, source and directories", async () => {
    const revision = await repository();
    git("remote", "add", "origin", "https://user:secret@example.com/a.git");
    expect(await info()).toEqual({
      attrs: {
        "vcs:revision": revision,
        "vcs:source": "https://example.com/a.git",
        "vcs:localdir:context": "app",
        "vcs:localdir:dockerfile": ".",
      },
      warnings: [],
    });
  });

  it("prefers the remote that the branch follows", async () => {
    await repository();
    git("remote", "add", "origin", "git@example.com:origin.git");
    git("remote", "add", "mine", "git@example.com:mine.git");
    git("config", "branch.main.remote", "mine");
    git("config", "branch.main.merge", "refs/heads/main");
    expect((await info()).attrs["vcs:source"]).toBe("git@example.com:mine.git");
  });

  it("tells it in labels when asked to, also without the rest", async () => {
    const revision = await repository();
    git("remote", "add", "origin", "https://example.com/a.git");
    const labels = {
      "label:org.opencontainers.image.revision": revision,
      "label:org.opencontainers.image.source": "https://example.com/a.git",
      "label:com.docker.image.source.entrypoint": "Dockerfile",
    };
    expect((await info({ BUILDX_GIT_LABELS: "full" })).attrs).toMatchObject({
      ...labels,
      "vcs:revision": revision,
    });
    expect((await info({ BUILDX_GIT_LABELS: "1", BUILDX_GIT_INFO: "false" })).attrs).toEqual(labels);
  });

  it("marks a dirty tree when asked to", async () => {
    const revision = await repository();
    expect((await info({ BUILDX_GIT_CHECK_DIRTY: "1" })).attrs["vcs:revision"]).toBe(revision);
    await writeFile(join(dir, "app/other"), "");
    expect((await info({ BUILDX_GIT_CHECK_DIRTY: "1" })).attrs["vcs:revision"]).toBe(`${revision}-dirty`);
    expect((await info()).attrs["vcs:revision"]).toBe(revision);
  });

  it("tells nothing outside a work tree, without git, or when turned off", async () => {
    await mkdir(join(dir, "app"));
    expect(await info()).toEqual({ attrs: {}, warnings: [] });
    await rm(join(dir, "app"), { recursive: true });
    await repository();
    expect(await info({ BUILDX_GIT_INFO: "false" })).toEqual({ attrs: {}, warnings: [] });
    expect(await info({ PATH: "/nowhere" })).toEqual({ attrs: {}, warnings: [] });
  });

  it("does without the revision before the first commit", async () => {
    git("init", "-q");
    await mkdir(join(dir, "app"));
    expect(await info({ BUILDX_GIT_CHECK_DIRTY: "1" })).toEqual({
      attrs: { "vcs:localdir:context": "app", "vcs:localdir:dockerfile": "." },
      warnings: [],
    });
  });

  it("warns about a work tree that git cannot read", async () => {
    await repository();
    await writeFile(join(dir, ".git/refs/heads/main"), `${"0".repeat(39)}1\n`);
    const { attrs, warnings } = await info();
    expect(attrs).toEqual({});
    expect(warnings).toEqual([
      expect.stringContaining("current commit information was not captured by the build: "),
    ]);
  });
});
