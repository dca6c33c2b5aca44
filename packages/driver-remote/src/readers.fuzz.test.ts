import { parseDriverOptions } from "@tsbx/core/driver";
import fc from "fast-check";
import { describe } from "vitest";
import { bytes } from "../../../scripts/fuzz/bytes.ts";
import { fuzzReader } from "../../../scripts/fuzz/reader.ts";
import { changedText, text } from "../../../scripts/fuzz/text.ts";
import { parseEndpoint } from "./endpoint.ts";
import driver from "./index.ts";
import { lookupSshConfig } from "./ssh/config.ts";
import { fingerprint, judge, knownKeyTypes, parseKnownHosts } from "./ssh/known-hosts.ts";
import { matchesPatterns } from "./ssh/pattern.ts";
import { tlsOptions } from "./tls/options.ts";

const urls = [
  "unix:///x",
  "npipe:////./pipe/x",
  "tcp://[::1]:2",
  "ssh://a@b:2/c%20d",
  "docker-container://a?context=b",
  "kube-pod://a?context=b&namespace=c&container=d",
];

describe("a remote node", () => {
  fuzzReader("its endpoint", fc.oneof(text(urls), changedText(urls)), parseEndpoint);
  const name = fc.oneof(fc.constantFrom(...Object.keys(driver.options)), text());
  const given = fc.dictionary(name, text(["/a", "true", "localhost"]), { maxKeys: 4 });
  fuzzReader("its options", given, (pairs) =>
    tlsOptions(parseDriverOptions(driver.options, pairs, { driver: "remote", directory: "/" })),
  );
});

describe("a user's ssh files", () => {
  const config =
    'Host a *.b !c\n  HostName = d\n\tPort 22\nMatch all\nIdentityFile "~/x y"\nProxyJump none\n# e\n';
  const hosts = text(["a", "x.b", "c", "a".repeat(255)]);
  fuzzReader("the configuration", fc.tuple(changedText([config]), hosts), ([content, host]) =>
    lookupSshConfig(content, host),
  );
  fuzzReader(
    "patterns",
    fc.tuple(fc.array(text(["*", "?", "a*", "!a", "*a*a*a*a*a*a*a*b", "[", "("])), hosts),
    ([patterns, host]) => matchesPatterns(patterns, host),
  );
  const known =
    "a,[b]:2 ssh-ed25519 AAAA\n@revoked * ssh-rsa BBBB\n|1|YWE=|YmI= ecdsa CCCC\n# d\n@cert-authority * e f\n";
  fuzzReader("the known hosts", fc.tuple(changedText([known]), hosts, bytes(8)), ([content, host, key]) => {
    const entries = parseKnownHosts("file", content);
    const verdict = judge(entries, host, 22, key);
    return [verdict.state, knownKeyTypes(entries, host, 2), fingerprint(key)];
  });
});
