import { describe, expect, test } from "vitest";
import { parseEndpoint } from "./endpoint.ts";

describe("endpoints", () => {
  test.each([
    ["unix:///run/buildkit/buildkitd.sock", { scheme: "unix", path: "/run/buildkit/buildkitd.sock" }],
    ["unix:///run/a%20b c.sock", { scheme: "unix", path: "/run/a%20b c.sock" }],
    ["tcp://Build.example:1234", { scheme: "tcp", host: "Build.example", port: 1234 }],
    ["tcp://build.example:1234/", { scheme: "tcp", host: "build.example", port: 1234 }],
    ["tcp://[::1]:1234", { scheme: "tcp", host: "::1", port: 1234 }],
    ["npipe:////./pipe/buildkitd", { scheme: "unix", path: "\\\\.\\pipe\\buildkitd" }],
    ["docker-container://bk_1", { scheme: "docker-container", container: "bk_1" }],
    ["docker-container://b?context=c", { scheme: "docker-container", container: "b", context: "c" }],
    ["kube-pod://p-0", { scheme: "kube-pod", pod: "p-0" }],
    [
      "kube-pod://p?namespace=n&container=c&context=k&",
      { scheme: "kube-pod", pod: "p", namespace: "n", container: "c", context: "k" },
    ],
    ["ssh://host", { scheme: "ssh", host: "host" }],
    ["ssh://host/", { scheme: "ssh", host: "host" }],
    ["ssh://me@host:2222", { scheme: "ssh", host: "host", user: "me", port: 2222 }],
    ["ssh://me@host/run/b.sock", { scheme: "ssh", host: "host", user: "me", socketPath: "/run/b.sock" }],
    [
      "ssh://do%40main@[fe80::1]:22/a%20b",
      { scheme: "ssh", host: "fe80::1", user: "do@main", port: 22, socketPath: "/a b" },
    ],
  ])("%s", (endpoint, parts) => {
    expect(parseEndpoint(endpoint)).toEqual(parts);
  });

  test.each(["http://host:1234", "podman-container://x", "/run/buildkitd.sock", "", "host:1234"])(
    "%j is unsupported, and the schemes are named",
    (endpoint) => {
      expect(() => parseEndpoint(endpoint)).toThrow(
        expect.objectContaining({
          code: "UNSUPPORTED_ENDPOINT",
          hint: expect.stringContaining("tcp://host:port"),
        }),
      );
    },
  );

  test.each([
    ["npipe://x", "pipe"],
    ["docker-container://", "name"],
    ["docker-container://a/b", "name"],
    ["docker-container://a?namespace=n", "parameter namespace"],
    ["kube-pod://-x", "name"],
    ["unix://", "absolute"],
    ["unix://run/buildkitd.sock", "absolute"],
    ["tcp://host", "port is missing"],
    ["tcp://:1234", "not a URL"],
    ["tcp://host:99999", "not a URL"],
    ["tcp://host:0", "port 0"],
    ["tcp://me@host:1234", "no user"],
    ["tcp://host:1234/path", "no path"],
    ["ssh://", "host is missing"],
    ["ssh://host?x=1", "query"],
    ["ssh://me:secret@host", "passwords"],
    ["ssh://-oProxyCommand=x/", "dash"],
    ["ssh://-l@host/", "dash"],
    ["ssh://host/%zz", "percent"],
  ])("%s is refused: %s", (endpoint, reason) => {
    expect(() => parseEndpoint(endpoint)).toThrow(
      expect.objectContaining({ code: "INVALID_ENDPOINT", message: expect.stringContaining(reason) }),
    );
  });

  test("a password is not repeated", () => {
    expect(() => parseEndpoint("ssh://me:secret@host")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("secret") }),
    );
  });
});
