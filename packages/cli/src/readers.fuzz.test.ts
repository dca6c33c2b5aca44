import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, describe, expect } from "vitest";
import { bytes, changedBytes } from "../../../scripts/fuzz/bytes.ts";
import { fuzz } from "../../../scripts/fuzz/fuzz.ts";
import { fuzzReader } from "../../../scripts/fuzz/reader.ts";
import { changedJson, changedText, csv, text } from "../../../scripts/fuzz/text.ts";
import { parseAnnotations } from "./build/annotations.ts";
import { parseAttestations } from "./build/attestations.ts";
import { parseCaches } from "./build/cache.ts";
import { parseEntitlements } from "./build/entitlements.ts";
import { parseOutputs } from "./build/outputs.ts";
import { buildArgs, buildContexts, labels } from "./build/pairs.ts";
import { platforms } from "./build/platforms.ts";
import { policySets } from "./build/policy-flags.ts";
import { proxyBuildArgs } from "./build/proxies.ts";
import { runSettings } from "./build/run-settings.ts";
import { parseSecrets } from "./build/secrets.ts";
import { parseSsh } from "./build/ssh.ts";
import { readStdinSource } from "./build/stdin-source.ts";
import { CREATE_FLAGS, parseCreateFlags } from "./builders/create/flags.ts";
import { parseCacheFilters } from "./cache/filters.ts";
import { knowsSpaceLimits } from "./cache/space-limits.ts";
import { parseCall } from "./call/parse.ts";
import { readDockerConfig } from "./docker-config.ts";
import { parseBytes } from "./flags/bytes.ts";
import { parseCsv } from "./flags/csv.ts";
import { parseTimeout } from "./flags/duration.ts";
import { parseArguments } from "./flags/parse.ts";
import { shellWords } from "./flags/shell-words.ts";
import { recordFormat } from "./format/records.ts";

const env = { A: "1", HOME: "/home", SSH_AUTH_SOCK: "/agent" };
const runs = { "add-host": [], ulimit: [], resource: [] };
const several = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 3 });

describe("values of flags", () => {
  fuzzReader("one CSV record", csv(["a", "b"]), parseCsv);
  fuzzReader(
    "--output",
    several(csv(["type", "dest", "mode", "name", "push", "tar"], ["local", "oci", "docker", "image", "-"])),
    (values) => parseOutputs(values, new PassThrough()),
  );
  const caches = csv(
    ["type", "ref", "src", "dest", "mode", "version", "token", "url"],
    ["registry", "gha", "s3"],
  );
  fuzzReader("--cache-from and --cache-to", several(caches), (values) =>
    parseCaches(values, { ACTIONS_RUNTIME_TOKEN: "a", ACTIONS_CACHE_URL: "b" }),
  );
  const secrets = csv(["id", "src", "source", "env", "type"], ["A", "env", "file"]);
  fuzzReader("--secret", several(secrets), (values) => parseSecrets(values, env));
  fuzzReader(
    "--ssh",
    fc.tuple(several(csv(["default", "id"], ["/x"])), text(["git@host:x"])),
    ([values, context]) => parseSsh(values, context, env),
  );
  const annotations = text(["index:a=b", "manifest[linux/amd64],index:", "=", "[", "]"]);
  fuzzReader("--annotation", several(annotations), parseAnnotations);
  const attestation = csv(["type", "disabled", "mode", "generator"], ["provenance", "sbom", "false"]);
  fuzzReader(
    "--attest, --provenance and --sbom",
    fc.tuple(several(attestation), attestation, attestation),
    ([a, b, c]) => parseAttestations({ attest: a, provenance: b, sbom: c }, env),
  );
  fuzzReader("--call", csv(["check", "format", "ignorestatus", "outline"], ["json", "1"]), (call) =>
    parseCall({ call, check: false }),
  );
  fuzzReader(
    "--policy",
    several(csv(["disabled", "filename", "reset", "strict", "log-level"], ["true", "warn"])),
    (policy) => policySets(policy, { files: ["Dockerfile.rego"] }),
  );
  fuzzReader("--add-host", several(csv(["a", "b:1"], ["::1", "[::1]"])), (values) =>
    runSettings({ ...runs, "add-host": values }),
  );
  fuzzReader("--ulimit", several(text(["nofile=1:2", "core=-1", "nofile=", ":", "1"])), (values) =>
    runSettings({ ...runs, ulimit: values }),
  );
  fuzzReader("--resource", several(text(["memory=", "cpu-quota=", "memory-swap=-1", "512m"])), (values) =>
    runSettings({ ...runs, resource: values }),
  );
  fuzzReader("--shm-size", text(["64m", "1.5 GiB", "k"]), (size) =>
    runSettings({ ...runs, "shm-size": size }),
  );
  fuzzReader("--allow", several(text(["network.host", "device=", "security.insecure"])), parseEntitlements);
  fuzzReader("--platform", several(text(["linux/amd64", ",", "local"])), (values) => platforms(values, env));
  fuzzReader("--build-arg", several(text(["A", "B=1"])), (values) => buildArgs(values, env));
  fuzzReader("--label", several(text(["a=b", "a"])), labels);
  fuzzReader("--build-context", several(text(["a=.", "a=docker-image://b"])), buildContexts);
  fuzzReader(
    "--filter",
    several(text(["type=regular", "until=24h", "unused-for=1h", "id~=x", "!="])),
    parseCacheFilters,
  );
  fuzzReader("--reserved-space", text(["1g", "0.5", "1e3"]), (value) => parseBytes("reserved-space", value));
  fuzzReader("--timeout", text(["1h30m", "-1s", ".5s"]), parseTimeout);
  fuzzReader("--buildkitd-flags", text(["--a", "'b c'", '"d']), shellWords);
  const options = csv(["image", "env.A", "network", "requests.cpu"], ["host", "1"]);
  const created = fc.record({
    "driver-opt": several(options),
    platform: several(text(["linux/arm64", "arm", ","])),
    timeout: fc.option(text(["5s"]), { nil: undefined }),
    name: text(["a", "default"]),
    "buildkitd-flags": text(["--debug"]),
    append: fc.boolean(),
  });
  const { flags: noFlags } = parseArguments(CREATE_FLAGS, []);
  fuzzReader("those of create", created, (flags) => parseCreateFlags({ ...noFlags, ...flags }, undefined));
});

describe("inherited names", () => {
  const names = ["constructor", "toString", "__proto__", "hasOwnProperty"];
  fuzz("are no variables and no attributes", fc.constantFrom(...names), (name) => {
    expect(buildArgs([name], {})).toEqual({});
    expect(Object.entries(buildArgs([`${name}=1`], {}))).toEqual([[name, "1"]]);
    expect(Object.entries(labels([`${name}=1`]))).toEqual([[name, "1"]]);
    expect(Object.entries(parseSecrets([`id=${name},type=env`], {}))).toEqual([[name, { value: "" }]]);
    expect(Object.entries(parseSsh([`${name}=/x`], ".", {}))).toEqual([[name, ["/x"]]]);
    const [cache] = parseCaches([`type=registry,${name}=1`], {});
    expect(Object.entries(cache!.attrs)).toEqual([[name.toLowerCase(), "1"]]);
  });
});

const record = {
  Name: "a",
  Size: 12,
  Ratio: 0.5,
  Shared: true,
  Nothing: undefined,
  List: ["x", "y"],
  Labels: new Map([["k", "v"]]),
  Nested: { Deep: { Er: 1 } },
};
const listing = { headers: { Name: "NAME" }, records: [record], fields: () => record };

describe("--format", () => {
  const templates = [
    "table {{.Name}}\\t{{.Size}}",
    '{{range $i, $e := .List}}{{if eq $i 0}}{{$e | printf "%5s"}}{{else}},{{end}}{{end}}',
    "{{with .Nested.Deep}}{{.Er}}{{end}}{{- /* c */ -}} {{json .}}",
    '{{index .Labels "k"}}{{len .List}}{{slice .Name 0 1}}{{join .List ","}}{{(printf "%q %v %d" .Name .List .Size)}}',
    "{{$x := 1}}{{$x = 2}}{{not (and .Shared (lt .Size 3))}}{{print .Ratio}}{{pad .Name 1 2}}{{truncate .Name 3}}",
  ];
  fuzzReader("a template", changedText(templates), (format) => recordFormat(format).format(listing));
  fuzzReader("any text", text(["{{.Name}}", "{{", "}}", "json", "table"]), (format) =>
    recordFormat(format).format(listing),
  );
});

describe("files and versions", () => {
  const directory = mkdtempSync(join(tmpdir(), "tsbx-fuzz-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const config = {
    currentContext: "a",
    pruneFilters: ["until=1h", "x"],
    proxies: { default: { httpProxy: "http://a", noProxy: "b" } },
  };
  fuzzReader("docker's config.json", changedJson(config), async (json) => {
    writeFileSync(join(directory, "config.json"), json);
    const warnings: string[] = [];
    const read = await readDockerConfig({ DOCKER_CONFIG: directory }, (warning) => warnings.push(warning));
    const args = proxyBuildArgs(read, {}, {});
    expect(Object.values(args).filter((value) => typeof value !== "string")).toEqual([]);
    return [args, warnings];
  });
  fuzzReader("the version of a daemon", text(["v0.17.0", "0.16.", "v1.2.3-rc"]), knowsSpaceLimits);
  const tar = fc.constant(Buffer.alloc(1024, "ustar"));
  fuzzReader(
    "stdin",
    fc.array(fc.oneof(changedBytes(tar), bytes(1500)), { maxLength: 4 }),
    async (chunks) => {
      const source = await readStdinSource(Readable.from(chunks));
      return "archive" in source;
    },
  );
});
