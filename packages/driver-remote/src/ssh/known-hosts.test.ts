import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { fingerprint, judge, keyTypeOf, knownKeyTypes, parseKnownHosts } from "./known-hosts.ts";

const blob = (type: string, text: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type + text)]);
};
const key = blob("ssh-ed25519", "one");
const other = blob("ssh-ed25519", "two");
const line = (hosts: string, blob = key) => `${hosts} ssh-ed25519 ${blob.toString("base64")} comment`;
const hashed = (name: string) => {
  const salt = Buffer.from("0123456789abcdefghij");
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
};
const state = (text: string, host = "build.example", port = 22) =>
  judge(parseKnownHosts("known_hosts", text), host, port, key).state;

test.each([
  ["a name", "build.example", "known"],
  ["one of several names", "10.0.0.1,build.example", "known"],
  ["another case", "BUILD.Example", "known"],
  ["a wildcard", "*.example", "known"],
  ["a question mark", "buil?.example", "known"],
  ["a dot that is no wildcard", "buildxexample", "unknown"],
  ["a negation", "*.example,!build.*", "unknown"],
  ["a hashed name", hashed("build.example"), "known"],
  ["a hash of another name", hashed("other.example"), "unknown"],
  ["a port it was not asked on", "[build.example]:2222", "unknown"],
  ["another name", "other.example", "unknown"],
])("%s", (_name, hosts, expected) => {
  expect(state(line(hosts))).toBe(expected);
});

test.each([
  ["[build.example]:2222", "known"],
  [hashed("[build.example]:2222"), "known"],
  ["build.example", "known"],
  ["[build.example]:2223", "unknown"],
])("on port 2222: %s", (hosts, expected) => {
  expect(state(line(hosts), "build.example", 2222)).toBe(expected);
});

test("another key on the bare name does not condemn a port", () => {
  expect(state(line("build.example", other), "build.example", 2222)).toBe("unknown");
});

test("a changed key is told with file and line", () => {
  const text = ["# comment", "", line("x"), line("build.example", other)].join("\n");
  expect(judge(parseKnownHosts("/f", text), "build.example", 22, key)).toMatchObject({
    state: "changed",
    entry: { file: "/f", line: 4 },
  });
});

test("one of several keys is enough", () => {
  expect(state(`${line("build.example", other)}\n${line("build.example")}`)).toBe("known");
});

test("a revoked key is refused even if it is known too", () => {
  expect(state(`${line("build.example")}\n@revoked ${line("*")}`)).toBe("revoked");
});

test("another key that is revoked says nothing about this one", () => {
  expect(state(`@revoked ${line("build.example", other)}`)).toBe("unknown");
});

test("authorities and broken lines are left out", () => {
  expect(
    parseKnownHosts("f", `@cert-authority ${line("*")}\nbuild.example\n#${line("build.example")}`),
  ).toEqual([]);
});

test("the known types of a host, without revoked ones", () => {
  const text = `[h]:22 ssh-rsa AAAA\nh ssh-rsa AAAA\n@revoked h ssh-dss AAAA\nother ssh-ed25519 AAAA`;
  expect(knownKeyTypes(parseKnownHosts("f", text), "h", 22)).toEqual(["ssh-rsa"]);
});

test("type and fingerprint", () => {
  expect(keyTypeOf(key)).toBe("ssh-ed25519");
  expect(fingerprint(Buffer.from("abc"))).toBe("SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0");
});
