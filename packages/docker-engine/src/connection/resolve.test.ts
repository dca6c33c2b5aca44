import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lastingEndpoint, resolveEndpoint } from "./resolve.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tsbx-resolve-"));
});
afterAll(() => rm(dir, { recursive: true }));

const noContext = expect.objectContaining({
  code: "DOCKER_CONTEXT_NOT_FOUND",
  message: 'there is no docker context "nosuch"',
});

describe("an endpoint that is kept", () => {
  test.each([
    [undefined, {}, "unix:///var/run/docker.sock"],
    [undefined, { DOCKER_HOST: "h" }, "tcp://h:2375"],
    ["default", { DOCKER_HOST: "h:1" }, "tcp://h:1"],
    ["h:1", {}, "tcp://h:1"],
    ["tcp://h", {}, "tcp://h:2375"],
    ["ssh://h", {}, "ssh://h"],
  ])("%s with %j is %s", async (endpoint, env, kept) => {
    expect(await lastingEndpoint(endpoint, { DOCKER_CONFIG: dir, ...env })).toBe(kept);
  });

  test("is a context only if there is one", async () => {
    await expect(lastingEndpoint("nosuch", { DOCKER_CONFIG: dir })).rejects.toEqual(noContext);
    await expect(
      lastingEndpoint(undefined, { DOCKER_CONFIG: dir, DOCKER_CONTEXT: "nosuch" }),
    ).rejects.toEqual(noContext);
  });
});

test("the environment's TLS is for the environment's host, however that is written", async () => {
  const env = { DOCKER_CONFIG: dir, DOCKER_HOST: "h", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
  const secured = { host: "tcp://h:2375", tlsDir: "/certs" };
  expect(await resolveEndpoint("tcp://h:2375", env)).toMatchObject(secured);
  expect(await resolveEndpoint(undefined, env)).toMatchObject(secured);
  expect(await resolveEndpoint("tcp://other:2375", env)).not.toHaveProperty("tlsDir");
});
