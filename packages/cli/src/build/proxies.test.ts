import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { proxyBuildArgs } from "./proxies.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tsbx-proxies-"));
  const meta = join(dir, "contexts/meta", createHash("sha256").update("far").digest("hex"));
  await mkdir(meta, { recursive: true });
  const content = { Name: "far", Endpoints: { docker: { Host: "tcp://far:2376" } } };
  await writeFile(join(meta, "meta.json"), JSON.stringify(content));
});
afterEach(() => rm(dir, { recursive: true }));

const proxies = {
  default: { httpProxy: "general", ftpProxy: "ftp" },
  "unix:///var/run/docker.sock": { httpProxy: "socket" },
  "tcp://far:2376": { httpProxy: "far" },
  "tcp://env:1": { httpProxy: "env" },
};

describe("docker's proxies", () => {
  it.each<[Record<string, string>, string | undefined, Record<string, string>]>([
    [{}, undefined, { HTTP_PROXY: "socket" }],
    [{}, "default", { HTTP_PROXY: "socket" }],
    [{}, "far", { HTTP_PROXY: "far" }],
    [{ DOCKER_CONTEXT: "far" }, undefined, { HTTP_PROXY: "far" }],
    [{ DOCKER_CONTEXT: "far", DOCKER_HOST: "tcp://env:1" }, "far", { HTTP_PROXY: "env" }],
    [{ DOCKER_HOST: "tcp://other:1" }, "far", { HTTP_PROXY: "general", FTP_PROXY: "ftp" }],
    [{}, "nowhere", { HTTP_PROXY: "general", FTP_PROXY: "ftp" }],
  ])("for %j and the current context %s", async (env, currentContext, expected) => {
    const config = { proxies, ...(currentContext && { currentContext }) };
    expect(await proxyBuildArgs(config, {}, { DOCKER_CONFIG: dir, ...env })).toEqual(expected);
  });

  it("are none without an entry", async () => {
    const { default: _, ...specific } = proxies;
    expect(await proxyBuildArgs({}, {}, {})).toEqual({});
    expect(await proxyBuildArgs({ proxies: specific }, {}, { DOCKER_HOST: "tcp://other:1" })).toEqual({});
  });
});
