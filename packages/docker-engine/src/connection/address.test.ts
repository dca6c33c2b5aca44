import { describe, expect, test } from "vitest";
import { parseAddress } from "./address.ts";
import { sshArguments } from "./ssh.ts";

describe("addresses", () => {
  test.each([
    ["unix:///var/run/docker.sock", { kind: "socket", path: "/var/run/docker.sock" }],
    ["unix:///a%20b c.sock", { kind: "socket", path: "/a%20b c.sock" }],
    ["npipe:////./pipe/docker_engine", { kind: "socket", path: "\\\\.\\pipe\\docker_engine" }],
    ["tcp://host:1234", { kind: "tcp", host: "host", port: 1234, secure: false }],
    ["tcp://host", { kind: "tcp", host: "host", secure: false }],
    ["tcp://[::1]:80/", { kind: "tcp", host: "::1", port: 80, secure: false }],
    ["http://host", { kind: "tcp", host: "host", port: 80, secure: false }],
    ["https://host", { kind: "tcp", host: "host", port: 443, secure: true }],
    ["https://host:2376", { kind: "tcp", host: "host", port: 2376, secure: true }],
    ["ssh://host", { kind: "ssh", host: "host" }],
    [
      "ssh://do%40main@[fe80::1]:22/a%20b",
      { kind: "ssh", host: "fe80::1", user: "do@main", port: 22, socketPath: "/a b" },
    ],
  ])("%s", (url, address) => {
    expect(parseAddress(url)).toEqual(address);
  });

  test.each([
    ["fd://", "scheme"],
    ["unix://relative.sock", "absolute"],
    ["npipe://pipe", "npipe:////./pipe/name"],
    ["tcp://", "host is missing"],
    ["tcp://host:99999", "not a URL"],
    ["tcp://me@host:1", "user"],
    ["https://host/prefix", "path"],
    ["ssh://host?x=1", "query"],
    ["ssh://-oProxyCommand=x/", "dash"],
    ["ssh://-l@host/", "dash"],
    ["ssh://host/%zz", "percent"],
  ])("%s is refused: %s", (url, reason) => {
    expect(() => parseAddress(url)).toThrow(
      expect.objectContaining({ code: "INVALID_ENDPOINT", message: expect.stringContaining(reason) }),
    );
  });

  test("a password is not repeated", () => {
    expect(() => parseAddress("ssh://me:secret@host")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("secret") }),
    );
  });
});

test("the command on the other machine names the socket as one word of its shell", () => {
  const address = { kind: "ssh", host: "h", user: "u", port: 22, socketPath: "/it's here" } as const;
  const args = sshArguments(address);
  expect(args.slice(0, 4)).toEqual(["-l", "u", "-p", "22"]);
  expect(args.slice(args.indexOf("--"))).toEqual([
    "--",
    "h",
    "docker",
    "--host",
    `'unix:///it'\\''s here'`,
    "system",
    "dial-stdio",
  ]);
  expect(sshArguments({ kind: "ssh", host: "h" }).slice(-5)).toEqual([
    "--",
    "h",
    "docker",
    "system",
    "dial-stdio",
  ]);
});
