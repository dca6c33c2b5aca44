import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { parseArguments } from "../flags/parse.ts";
import type { TerminalOutput } from "../io.ts";
import { parseBuildArguments } from "./arguments.ts";
import { BUILD_FLAGS } from "./flags.ts";

function parse(args: string[], env: Record<string, string> = {}, stdout: TerminalOutput = new PassThrough()) {
  const { flags, positionals } = parseArguments(BUILD_FLAGS, args);
  return parseBuildArguments(flags, positionals[0] ?? ".", { env, cwd: "/src", stdout });
}

describe("parseBuildArguments", () => {
  it("leaves everything at its default when only a context is given", () => {
    expect(parse(["."])).toEqual({
      cwd: "/src",
      tags: [],
      platforms: [],
      buildArgs: {},
      buildContexts: {},
      labels: {},
      annotations: [],
      noCache: false,
      pull: false,
      outputs: [],
      push: false,
      load: false,
      secrets: {},
      ssh: {},
      cacheFrom: [],
      cacheTo: [],
      attestations: {},
      network: "default",
      allow: [],
      frontendAttrs: {},
    });
  });

  it.each([
    [["-t", "a", "-tb:1"], { tags: ["a", "b:1"] }],
    [["--target", "test"], { target: "test" }],
    [
      ["--platform", "linux/amd64,linux/arm64", "--platform=linux/386"],
      { platforms: ["linux/amd64", "linux/arm64", "linux/386"] },
    ],
    [
      ["--build-arg", "A=1=2", "--build-arg=HOME_SWEET", "--build-arg", "UNSET", "--build-arg=E="],
      { buildArgs: { A: "1=2", HOME_SWEET: "home", E: "" } },
    ],
    [["--label", "a=b", "--label=c"], { labels: { a: "b", c: "" } }],
    [["--build-context", "base=docker-image://alpine"], { buildContexts: { base: "docker-image://alpine" } }],
    [["--no-cache"], { noCache: true }],
    [["--no-cache-filter", "a,b", "--no-cache-filter=c"], { noCache: ["a", "b", "c"] }],
    [["--pull", "--push", "--load"], { pull: true, push: true, load: true }],
    [["-o", "out"], { outputs: [{ type: "local", dest: "out" }] }],
    [
      ["-o", "type=local,dest=out,platform-split=false"],
      { outputs: [{ type: "local", dest: "out", attrs: { "platform-split": "false" } }] },
    ],
    [["-o", "type=oci,dest=a.tar"], { outputs: [{ type: "oci", dest: "a.tar" }] }],
    [["-o", "type=oci,tar=false,dest=a"], { outputs: [{ type: "oci", tar: false, dest: "a" }] }],
    [["-o", "type=docker"], { outputs: [{ type: "docker" }] }],
    [
      ["-o", 'type=image,"name=a,b",push=true,TYPE=image'],
      { outputs: [{ type: "image", name: "a,b", push: true }] },
    ],
    [["-o", "type=registry,name=a"], { outputs: [{ type: "registry", name: "a" }] }],
    [["-o", "type=cacheonly", "--output="], { outputs: [{ type: "cacheonly" }] }],
    [
      ["-o", "type=floppy,dest=a"],
      { outputs: [{ type: "custom", exporter: "floppy", attrs: { dest: "a" } }] },
    ],
    [["-o", "type=local,dest=a,mode=delete"], { outputs: [{ type: "local", dest: "a", mode: "delete" }] }],
    [
      ["--annotation", "d=e:f", "--annotation=index,manifest[linux/arm64]:x=1", "--annotation=y="],
      {
        annotations: [
          { key: "d", value: "e:f" },
          { key: "x", value: "1", level: "index" },
          { key: "x", value: "1", level: "manifest", platform: "linux/arm64" },
          { key: "y", value: "" },
        ],
      },
    ],
    [
      [
        "-m=1g",
        "--cpu-shares=5",
        "--resource=cpu-shares=6",
        "--resource=memory-swap=-1",
        "--resource=cpu-quota=0",
      ],
      { frontendAttrs: { memory: "1073741824", cpushares: "6", memswap: "-1" } },
    ],
    [["--resource=cpuset-cpus=0-1", "--resource=cpuset-mems="], { frontendAttrs: { cpusetcpus: "0-1" } }],
    [
      [
        "--secret",
        "id=a,src=b",
        "--secret=id=c,env=HOME_SWEET",
        "--secret",
        "id=HOME_SWEET",
        "--secret",
        "type=env,id=x,src=HOME_SWEET",
        "--secret=id=file",
      ],
      {
        secrets: {
          a: { file: "b" },
          c: { value: "home" },
          HOME_SWEET: { value: "home" },
          x: { value: "home" },
          file: { file: "file" },
        },
      },
    ],
    [["--ssh", "default", "--ssh=key=/a,/b"], { ssh: { default: ["/agent"], key: ["/a", "/b"] } }],
    [["git@github.com:a/b"], { ssh: { default: ["/agent"] } }],
    [
      ["--cache-from", "a,b", "--cache-to=type=inline"],
      {
        cacheFrom: [
          { type: "registry", attrs: { ref: "a" } },
          { type: "registry", attrs: { ref: "b" } },
        ],
        cacheTo: [{ type: "inline", attrs: {} }],
      },
    ],
    [
      ["--cache-to", "type=local,DEST=c,mode=max"],
      { cacheTo: [{ type: "local", attrs: { dest: "c", mode: "max" } }] },
    ],
    [["--cache-to", "type=gha"], { cacheTo: [] }],
    [["--provenance=mode=max", "--sbom=true"], { attestations: { provenance: { mode: "max" }, sbom: {} } }],
    [["--provenance=false"], { attestations: { provenance: false } }],
    [
      ["--attest", "TYPE=sbom,generator=g,SELECT=All", "--attest=type=provenance,Disabled=1"],
      { attestations: { sbom: { generator: "g", SELECT: "All" }, provenance: false } },
    ],
    [
      ["--attest", "type=provenance,mode=min", "--provenance=false"],
      { attestations: { provenance: { mode: "min" } } },
    ],
    [["--network", "none"], { network: "none" }],
    [
      ["--allow", "network.host", "--allow=device=gpu", "--allow=buildx.local.delete"],
      { allow: ["network.host", "device=gpu"] },
    ],
    [
      ["--add-host", "a:1.2.3.4,b=::1", "--add-host=c=[::2]"],
      { frontendAttrs: { "add-hosts": "a=1.2.3.4,b=::1,c=::2" } },
    ],
    [["--shm-size", "64m"], { frontendAttrs: { "shm-size": "67108864" } }],
    [
      ["--ulimit", "nofile=1024:2048", "--ulimit=core=-1", "--ulimit=nofile=5"],
      { frontendAttrs: { ulimit: "core=-1:-1,nofile=5:5" } },
    ],
    [["--cgroup-parent", "p"], { frontendAttrs: { "cgroup-parent": "p" } }],
  ])("%j", (args, expected) => {
    const env = { HOME_SWEET: "home", SSH_AUTH_SOCK: "/agent" };
    expect(parse(args, env)).toMatchObject(expected);
  });

  it.each([
    [{ SOURCE_DATE_EPOCH: "7" }, { buildArgs: { SOURCE_DATE_EPOCH: "7" } }],
    [{ DOCKER_DEFAULT_PLATFORM: "linux/arm64" }, { platforms: ["linux/arm64"] }],
    [{ BUILDX_NO_DEFAULT_OCI_ARTIFACT: "1" }, { ociArtifact: false }],
    [{ BUILDX_NO_DEFAULT_ATTESTATIONS: "1" }, { attestations: { provenance: false } }],
  ])("environment %j", (env, expected) => {
    expect(parse([], env)).toMatchObject(expected);
  });

  it("gives a workflow's token to its cache", () => {
    const env = { ACTIONS_RUNTIME_TOKEN: "t", ACTIONS_RESULTS_URL: "u", ACTIONS_CACHE_SERVICE_V2: "true" };
    const cache = (value: string, environment: Record<string, string>) =>
      parse(["--cache-from", value], environment).cacheFrom;
    const second = { scope: "s", token: "t", url: "u", url_v2: "u" };
    expect(cache("type=gha,scope=s", env)).toEqual([{ type: "gha", attrs: second }]);
    const first = { version: "1", token: "t", url: "v1" };
    expect(cache("type=gha,version=1", { ...env, ACTIONS_CACHE_URL: "v1" })).toEqual([
      { type: "gha", attrs: first },
    ]);
    expect(cache("type=gha", { ...env, ACTIONS_RUNTIME_TOKEN: "" })).toEqual([]);
    const given = { token: "a", url: "b", version: "2", url_v2: "c" };
    expect(cache("type=gha,token=a,url=b,version=2,url_v2=c", env)).toEqual([{ type: "gha", attrs: given }]);
  });

  it("writes an archive to stdout, and leaves stdout open behind it", async () => {
    const stdout = new PassThrough();
    const [output] = parse(["-o", "-"], {}, stdout).outputs;
    const dest =
      output?.type === "tar" && output.dest instanceof Writable ? output.dest : expect.unreachable();
    await new Promise<void>((done) => dest.end("tar", () => done()));
    expect(String(stdout.read())).toBe("tar");
    expect(stdout.writableEnded).toBe(false);
  });

  it.each([
    [["-", "-f", "-"], "invalid argument: can't use stdin for both build context and dockerfile"],
    [[""], 'please specify build context (e.g. "." for the current directory)'],
    [["-q", "--progress=plain"], "progress=plain and quiet cannot be used together"],
    [["--progress=fancy"], "invalid progress mode fancy"],
    [
      ["--no-cache", "--no-cache-filter=a"],
      "--no-cache and --no-cache-filter cannot currently be used together",
    ],
    [["-t", "a", "-t", "me/App"], 'invalid tag "me/App": repository name must be lowercase'],
    [["-t", "a:b:c"], 'invalid tag "a:b:c": invalid reference format'],
    [["-t", ""], 'invalid tag "": repository name must have at least one component'],
    [["--network=br0"], 'network mode "br0" not supported by buildkit'],
    [["--allow=everything"], "unknown entitlement everything"],
    [["--iidfile=i", "-o", "out"], "local and tar exporters are incompatible with image ID file"],
    [["-o", "-", "-o", "type=oci"], "multiple outputs configured to write to stdout"],
    [["-o", "dest=a,x=y"], "type is required for output"],
    [["-o", "type=local"], "dest is required for local exporter"],
    [["-o", "type=local,dest=-"], "dest cannot be stdout for local exporter"],
    [["-o", "type=oci,tar=false"], "dest is required for oci exporter with tar=false"],
    [["-o", "type=image,push=maybe"], "invalid value maybe for push: not a boolean"],
    [["-o", "type=local,dest=a,mode=move"], 'invalid local exporter mode "move"'],
    [["--annotation", "a"], 'parse annotations: invalid annotation "a", expected key=value'],
    [["--annotation", "list:a=b"], 'unknown annotation type "list"'],
    [["--resource", "memory"], 'invalid resource "memory", expected key=value'],
    [["--resource", "disk=1"], 'unknown resource "disk"'],
    [["--resource", "memory=x"], 'invalid value "x" for resource memory: invalid size'],
    [["--cpu-quota", "1.5"], 'invalid value "1.5" for resource cpu-quota: not a whole number'],
    [["--build-arg", "=x"], 'invalid key-value pair "=x": empty key'],
    [["--label", ""], 'invalid key-value pair "": empty key'],
    [["--build-context", "x"], "invalid context value: x, expected key=value"],
    [["--secret", "src=a"], "secret missing ID"],
    [["--secret", "id=a,type=vault"], 'unsupported secret type "vault"'],
    [["--secret", "a"], "invalid field 'a' must be a key=value pair"],
    [["--secret", "id=a,file=b"], "unexpected key 'file' in 'file=b'"],
    [["--ssh", "default"], "invalid empty ssh agent socket"],
    [["--ssh", "a=/x", "--ssh", "a=/y"], "duplicate agent ID a"],
    [["--cache-to", "dest=a"], 'type required for "dest=a"'],
    [["--attest", "mode=max"], 'type required for "mode=max"'],
    [["--attest", "type=sbom,disabled=x"], 'invalid type=sbom,disabled=x: "x" is not a boolean'],
    [["--add-host", "a"], "invalid host a"],
    [["--shm-size", "lots"], 'invalid argument "lots" for "--shm-size" flag: invalid size'],
    [["--ulimit", "nofile"], "invalid ulimit argument: nofile"],
    [["--ulimit", "nofile=2:1"], "ulimit soft limit must be less than or equal to hard limit: nofile=2:1"],
  ])("refuses %j", (args, message) => {
    expect(() => parse(args)).toThrowError(expect.objectContaining({ message }));
  });

  it("writes no archive to a terminal", () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    expect(() => parse(["-o", "-"], {}, terminal)).toThrowError(
      "dest file is required for tar exporter. refusing to write to console",
    );
  });
});
