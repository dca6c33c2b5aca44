import { expect, test } from "vitest";
import { lookupSshConfig } from "./config.ts";

const text = `
# comment
Host build
  HostName build.internal
  User builder
  Port=2222
  IdentityFile ~/.ssh/build_key
  IdentityFile "~/.ssh/with space"

Host *.internal !secret.internal
  UserKnownHostsFile = /a /b
  ProxyJump bastion

Match host build
  User never
Match all
  User everyone

Host *
  Port 22022
  IdentityFile ~/.ssh/shared
`;

test("the first value counts, of identity files every one", () => {
  expect(lookupSshConfig(text, "build")).toEqual({
    hostname: "build.internal",
    user: "builder",
    port: 2222,
    identityFiles: ["~/.ssh/build_key", "~/.ssh/with space", "~/.ssh/shared"],
  });
});

test("patterns, negation and proxies", () => {
  expect(lookupSshConfig(text, "x.internal")).toMatchObject({
    userKnownHostsFiles: ["/a", "/b"],
    proxy: "proxyjump bastion",
    user: "everyone",
    port: 22022,
  });
  expect(lookupSshConfig(text, "secret.internal")).not.toHaveProperty("proxy");
});

test("none turns a later proxy off", () => {
  expect(lookupSshConfig("Host a\nProxyJump none\nHost *\nProxyCommand nc %h", "a").proxy).toBe("");
});

test("lines before the first Host are for all; nonsense is passed over", () => {
  expect(lookupSshConfig("User me\nPort many\nNonsense\nPort 2", "any")).toEqual({
    user: "me",
    port: 2,
    identityFiles: [],
  });
});
