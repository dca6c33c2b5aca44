import { expect, test } from "vitest";
import { dockerHost, normalDockerHost } from "./docker-host.ts";

test.each([
  ["tcp://h", "tcp://h:2375"],
  ["tcp://h:", "tcp://h:2375"],
  ["tcp://h:99", "tcp://h:99"],
  ["h:99", "tcp://h:99"],
  ["h", "tcp://h:2375"],
  [":99", "tcp://localhost:99"],
  ["tcp://", "tcp://localhost:2375"],
  ["tcp://[::1]:99/p", "tcp://[::1]:99/p"],
  ["tcp://me@h?x#y", "tcp://h:2375"],
  ["unix://", "unix:///var/run/docker.sock"],
  ["unix:///x//y", "unix:///x//y"],
  ["npipe://", "npipe:////./pipe/docker_engine"],
  ["ssh://me@h/p", "ssh://me@h/p"],
  [" tcp://h\n", "tcp://h:2375"],
  ["tcp://a:b:c", "tcp://a:b:c"],
  ["other://h", "other://h"],
])("%s is %s", (text, normal) => {
  expect(normalDockerHost(text)).toBe(normal);
  expect(normalDockerHost(normal)).toBe(normal);
});

test.each([
  [{}, "unix:///var/run/docker.sock"],
  [{ DOCKER_HOST: "" }, "unix:///var/run/docker.sock"],
  [{ DOCKER_HOST: "h" }, "tcp://h:2375"],
  [{ DOCKER_TLS_VERIFY: "1" }, "tcp://localhost:2376"],
  [{ DOCKER_TLS: "1" }, "tcp://localhost:2376"],
  [{ DOCKER_TLS_VERIFY: "1", DOCKER_HOST: "tcp://h" }, "tcp://h:2375"],
])("with %j the daemon is at %s", (env, host) => {
  expect(dockerHost(env)).toBe(host);
});
