import { expect, test } from "vitest";
import { parseChallenge } from "./challenge.ts";
import { isLoopback } from "./hosts.ts";

test.each([
  ["", undefined],
  ['Basic realm="the registry"', { scheme: "basic", realm: "the registry" }],
  ["Basic", { scheme: "basic" }],
  [
    'Bearer realm="https://auth.example/token",service=registry.example,scope="repository:a:pull,push"',
    { scheme: "bearer", realm: "https://auth.example/token", service: "registry.example" },
  ],
  ['BEARER Realm="a\\"b"', { scheme: "bearer", realm: 'a"b' }],
])("%j", (header, expected) => {
  expect(parseChallenge(header)).toEqual(expected);
});

test.each([
  ["localhost", true],
  ["localhost:5000", true],
  ["127.0.0.1:5000", true],
  ["[::1]:5000", true],
  ["127.example.org", false],
  ["registry.example", false],
])("whether %s is on this machine: %s", (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
