import { generateKeyPairSync } from "node:crypto";

/**
 * One command line of `build`, which both tools are given. The paths are from the context's parent; the context is
 * `context`, and results go to `out`.
 * @typedef {object} CompatibilityCase
 * @property {string} flag the flag, variable or rule that it is about
 * @property {string[]} args what comes between `build` and the context
 * @property {string} [dockerfile] default: {@link DOCKERFILE}
 * @property {Record<string, string | Buffer>} [files] further files, from the context's parent
 * @property {string[]} [contexts] arguments in place of the context
 * @property {Record<string, string>} [env]
 * @property {string} [stdin]
 * @property {boolean} [plain] without an output and a metadata file of the test's own
 * @property {string} [differs] what is not the same, and why: then only exit codes are compared
 * @property {string} [exits] the other exit code, where it differs
 */

export const DOCKERFILE = `FROM busybox AS base
ARG A=1
ARG B
RUN echo "$A $B" > /args
FROM base AS other
RUN echo other > /other
FROM base AS last
COPY file /file
`;

/** Described arguments and stages, with text that is special to HTML; what a build needs; what checks find. */
const DESCRIBED = `# syntax=docker/dockerfile:1
# version is what <is> built & "said"
ARG version=1.0
ARG base=busybox:\${version:+latest}
# deps has the <tools>
FROM --platform=$BUILDPLATFORM \${base} AS deps
# token opens & closes
ARG token
ARG TARGETARCH
RUN --mount=type=secret,id=key,required --mount=type=ssh,id=a --mount=type=cache,id=c,target=/c true
# app runs
FROM deps AS app
ONBUILD COPY . /app
FROM scratch
COPY --from=app /bin/busybox /
ENV $undefined x
`;

/** Backticks as escapes, a comment in a continued line, an empty one, and heredocs of several kinds. */
const ODD = [
  "# escape=`",
  "FROM busybox AS odd",
  "RUN echo a `",
  "  # between",
  "",
  "  b\\c > /d",
  "COPY <<-one <<'two' /docs/",
  "\t$PATH \\$PATH",
  "\tone",
  "  $PATH",
  "two",
  "RUN <<EOF",
  "#!/bin/sh",
  "echo $0 > /e",
  "EOF",
  "CMD [ \"a\", 'b' ]",
  "HEALTHCHECK --interval=5s cmd true",
  "FROM odd",
  "ONBUILD RUN true",
  "WORKDIR rel",
  "",
].join("\n");

/** What cannot be read to its end, after what a check finds. */
const BROKEN = "from busybox as Base\nMAINTAINER <me>\nHEALTHCHECK\nRUN true\n";

const RUN = (/** @type {string} */ command) => `FROM busybox\nRUN ${command}\n`;

/** A private key for ssh, another each time. */
const KEY = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
}).privateKey;

/** @type {CompatibilityCase[]} */
export const CASES = [
  {
    flag: "--add-host",
    args: ["--add-host", "a:1.2.3.4,b=::1", "--add-host=c=[::2]"],
    dockerfile: RUN("sort /etc/hosts | grep -v buildkit > /h"),
  },
  { flag: "--add-host", args: ["--add-host", "a"] },
  { flag: "--allow", args: ["--allow", "network.host", "--network", "host"], dockerfile: RUN("true") },
  { flag: "--allow", args: ["--allow", "security.insecure"], dockerfile: RUN("--security=insecure true") },
  { flag: "--allow", args: [], dockerfile: RUN("--security=insecure true") },
  { flag: "--allow", args: ["--allow", "everything"] },
  {
    flag: "--annotation",
    args: ["--annotation", "a=b", "--annotation", "index,manifest-descriptor:c=d"],
    dockerfile: RUN("true"),
  },
  {
    flag: "--annotation",
    args: [
      "--annotation",
      "manifest[linux/amd64]:a=b",
      "--annotation=manifest[linux/arm64]:a=c",
      "--platform=linux/amd64,linux/arm64",
    ],
    dockerfile: "FROM scratch\nCOPY file /\n",
  },
  { flag: "--annotation", args: ["--annotation", "a"] },
  {
    flag: "--annotation",
    args: ["--annotation", "list:a=b"],
    differs: "the levels that are known are named",
  },
  { flag: "--attest", args: ["--attest", "type=provenance,mode=max"] },
  { flag: "--attest", args: ["--attest", "type=provenance,disabled=true", "--provenance=mode=max"] },
  {
    flag: "--attest",
    args: ["--attest", "mode=max"],
    differs: "the message names the value instead of the field",
  },
  {
    flag: "--build-arg",
    args: ["--build-arg", "A=x=y", "--build-arg", "B"],
    env: { B: "from the environment" },
  },
  { flag: "--build-arg", args: ["--build-arg", "B"] },
  { flag: "--build-arg", args: ["--build-arg", "=x"] },
  { flag: "--build-arg", args: ["--build-arg", "SECRET_TOKEN=x"], dockerfile: "FROM busybox\nENV A=1\n" },
  { flag: "--build-arg", args: ["--build-arg", "BUILDKIT_SYNTAX="] },
  { flag: "--build-arg", args: ["--build-arg", "BUILDKIT_MULTI_PLATFORM=1"] },
  {
    flag: "--build-arg",
    args: ["--build-arg", "BUILDKIT_DOCKERFILE_CHECK=error=true"],
    dockerfile: "FROM busybox as base\n",
  },
  {
    flag: "--build-context",
    args: ["--build-context", "more=more"],
    dockerfile: "FROM scratch\nCOPY --from=more x /\n",
    files: { "more/x": "x" },
  },
  {
    flag: "--build-context",
    args: ["--build-context", "busybox=docker-image://alpine"],
    dockerfile: RUN("true"),
  },
  {
    flag: "--build-context",
    args: ["--build-context", "more=nowhere"],
    differs: "the message is without the system call",
  },
  { flag: "--build-context", args: ["--build-context", "more"] },
  {
    flag: "--build-context",
    args: ["--build-context", "more=docker-image://alpine"],
    dockerfile: "# syntax=busybox\nFROM busybox\n",
    differs: "what to do about an old frontend is told apart",
  },
  { flag: "--builder", args: ["--builder", "nobody"] },
  { flag: "--builder", args: ["--builder", "bed"] },
  { flag: "BUILDX_BUILDER", args: [], env: { BUILDX_BUILDER: "nobody" } },
  { flag: "BUILDX_BUILDER", args: [], env: { BUILDX_BUILDER: "bed" } },
  { flag: "--cache-from", args: ["--cache-from", "type=local,src=nowhere"] },
  { flag: "--cache-from", args: ["--cache-from", "dest=a"] },
  { flag: "--cache-from", args: ["--cache-from", "type=gha"] },
  {
    flag: "--cache-from",
    args: ["--cache-from", "nothing/there:cache", "--cache-from=type=registry,ref=not/there"],
  },
  { flag: "--cache-to", args: ["--cache-to", "type=inline"] },
  { flag: "--cache-to", args: ["--cache-to", "type=local,dest=out/cache,mode=max"] },
  { flag: "--cache-to", args: ["--cache-to", "type=local"], differs: "the way to write it is told" },
  { flag: "--cache-to", args: ["--cache-to", "type=floppy"] },
  { flag: "--call", args: ["--call", "outline"], plain: true },
  { flag: "--call", args: ["--call", "targets"], plain: true },
  { flag: "--call", args: ["--call=targets,format=json"], plain: true },
  { flag: "--call", args: ["--call", "subrequests.describe"], plain: true },
  {
    flag: "--call",
    args: ["--call", "check"],
    plain: true,
    dockerfile: "FROM busybox as base\nMAINTAINER me\n",
  },
  {
    flag: "--call",
    args: ["--call", "check,ignorestatus=1"],
    plain: true,
    dockerfile: "FROM busybox as base\n",
  },
  { flag: "--call", args: ["--call", "build"] },
  { flag: "--call", args: ["--call", "nothing"], plain: true, differs: "the message is not repeated" },
  {
    flag: "--call",
    args: ["--call", "check,format=yaml"],
    plain: true,
    differs: "an unknown format is refused instead of ignored",
    exits: "1",
  },
  {
    flag: "--call",
    args: ["--call", "outline,a=b"],
    plain: true,
    differs: "the fields that are known are named",
  },
  {
    flag: "--call",
    args: ["--call", "targets", "--output", "out/nothing"],
    plain: true,
    differs: "nothing is built, so no empty directory is written",
  },
  { flag: "--cgroup-parent", args: ["--cgroup-parent", "tsbx-test"], dockerfile: RUN("true") },
  { flag: "--check", args: ["--check"], plain: true },
  { flag: "--check", args: ["--check"], plain: true, dockerfile: "FROM busybox as base\n" },
  {
    flag: "--check",
    args: ["--check"],
    plain: true,
    dockerfile: "FROM busybox\nFOO bar\n",
  },
  { flag: "--check", args: ["--check=false"] },
  { flag: "--check", args: ["--check=maybe"], differs: "the message is not Go's" },
  { flag: "--compress", args: ["--compress"] },
  { flag: "--debug", args: ["--debug"] },
  {
    flag: "--explain-cache",
    args: ["--explain-cache"],
    differs: "why steps were not cached is told: a flag of tsbx alone",
    exits: "0",
  },
  { flag: "--file", args: ["--file", "context/Other"], files: { "context/Other": RUN("echo other") } },
  { flag: "--file", args: ["-fcontext/Other"], files: { "context/Other": RUN("echo other") } },
  { flag: "--file", args: ["-f", "-"], stdin: RUN("echo stdin") },
  { flag: "--file", args: ["-f", "-"], contexts: ["-"], stdin: "FROM scratch\n" },
  { flag: "--file", args: ["-f", "nowhere"], differs: "the path is told, and what to do" },
  { flag: "--force-rm", args: ["--force-rm"] },
  { flag: "--help", args: ["--help"], plain: true, differs: "the help texts are not the same" },
  { flag: "--iidfile", args: ["--iidfile", "out/iid"] },
  {
    flag: "--iidfile",
    args: ["--iidfile", "nowhere/iid"],
    plain: true,
    differs: "the directory that is missing is told",
  },
  { flag: "--iidfile", args: ["--iidfile", "out/iid", "--output", "out/local"], plain: true },
  { flag: "--isolation", args: ["--isolation", "default"] },
  { flag: "--label", args: ["--label", "a=b=c", "--label", "d"] },
  { flag: "--label", args: ["--label", "=a"] },
  {
    flag: "--load",
    args: ["--load", "--output", "type=docker,dest=out/docker.tar"],
    plain: true,
    differs: "remote builders have no image store: refused before the build",
    exits: "1",
  },
  {
    flag: "--memory",
    args: [
      "--memory",
      "512m",
      "--memory-swap",
      "1g",
      "--cpu-shares=100",
      "--cpu-period=100000",
      "--cpu-quota=50000",
      "--cpuset-cpus=0",
      "--cpuset-mems=0",
    ],
    dockerfile: RUN("true"),
  },
  { flag: "--memory-swap", args: ["--memory-swap", "lots"], differs: "the way to write it is told" },
  { flag: "--cpu-shares", args: ["--cpu-shares", "1.5"], differs: "the message is not Go's" },
  { flag: "--cpu-period", args: ["--cpu-period", "x"], differs: "the message is not Go's" },
  { flag: "--cpu-quota", args: ["--cpu-quota", "x"], differs: "the message is not Go's" },
  { flag: "--cpuset-cpus", args: ["--cpuset-cpus", "0"], dockerfile: RUN("true") },
  { flag: "--cpuset-mems", args: ["--cpuset-mems", "0"], dockerfile: RUN("true") },
  { flag: "--metadata-file", args: ["--metadata-file", "out/metadata.json"], plain: true },
  {
    flag: "--metadata-file",
    args: ["--metadata-file", "out/metadata.json", "--call", "targets"],
    plain: true,
  },
  { flag: "--network", args: ["--network", "none"], dockerfile: RUN("ls /sys/class/net | sort > /n") },
  { flag: "--network", args: ["--network", "bridge"], differs: "the way out is told" },
  { flag: "--no-cache", args: ["--no-cache", "--no-cache-filter", "base"] },
  { flag: "--no-cache-filter", args: ["--no-cache-filter", "nothing,there"] },
  {
    flag: "--no-cache-filter",
    args: ["--no-cache-filter", "base"],
    dockerfile: "FROM busybox AS base\nENV A=1\n",
  },
  { flag: "--no-cache", args: ["--no-cache"], dockerfile: "FROM busybox\nENV A=1\n" },
  { flag: "--output", args: ["-o", "out/files"], plain: true },
  {
    flag: "--output",
    args: ["--output=type=tar,dest=out/files.tar", "-o", "type=local,dest=out/files"],
    plain: true,
  },
  { flag: "--output", args: ["-o", "-"], plain: true },
  { flag: "--output", args: ["-o", "type=oci,tar=false,dest=out/layout"], plain: true },
  { flag: "--output", args: ["-o", "type=docker,dest=out/docker.tar", "-t", "a:b"], plain: true },
  { flag: "--output", args: ["-o", "type=cacheonly"], plain: true },
  { flag: "--output", args: ["-o", "type=local,dest=out/files,platform-split=true"], plain: true },
  {
    flag: "--output",
    args: ["-o", "type=local,dest=out/files,mode=delete"],
    plain: true,
    files: { "out/files/stale": "x", "out/files/dir/stale": "x" },
  },
  {
    flag: "--output",
    args: ["-o", "type=local,dest=out/files,mode=copy"],
    plain: true,
    files: { "out/files/stale": "x" },
  },
  { flag: "--output", args: ["-o", "type=local,dest=.,mode=delete"], plain: true },
  { flag: "--output", args: ["-o", "type=local,dest=out/files,mode=move"], plain: true },
  { flag: "--output", args: ["-o", "type=local"], plain: true },
  { flag: "--output", args: ["-o", "type=local,dest=context/Dockerfile"], plain: true },
  { flag: "--output", args: ["-o", "dest=a,b=c"], plain: true },
  { flag: "--output", args: ["-o", "type=floppy"], plain: true },
  { flag: "--output", args: ["-o", "-", "-o", "type=tar"], plain: true },
  {
    flag: "--output",
    args: ["-o", "type=image,push=maybe"],
    plain: true,
    differs: "refused before the build",
  },
  {
    flag: "--platform",
    args: ["--platform", "linux/arm64,linux/amd64"],
    dockerfile: "FROM scratch\nCOPY file /\n",
  },
  { flag: "--platform", args: ["--platform", "local"], dockerfile: "FROM scratch\nCOPY file /\n" },
  { flag: "--platform", args: ["--platform", "a/b/c/d"], differs: "the message is not Go's" },
  { flag: "--policy", args: ["--policy", "disabled=true"] },
  {
    flag: "--policy",
    args: ["--policy", "filename=p.rego"],
    files: { "context/p.rego": 'package docker\ndecision := {"allow": true}\n' },
  },
  {
    flag: "--policy",
    args: ["--policy", "filename=p.rego"],
    files: { "context/p.rego": 'package docker\ndecision := {"allow": false, "deny_msg": ["no"]}\n' },
  },
  { flag: "--print", args: ["--print", "targets"], plain: true },
  { flag: "--print", args: ["--print", "outline,format=json"], plain: true },
  { flag: "--progress", args: ["--progress", "quiet"], plain: true },
  { flag: "--progress", args: ["--progress", "none"], plain: true },
  { flag: "--progress", args: ["--progress", "fancy"], plain: true },
  { flag: "--progress", args: ["--progress", "rawjson"] },
  { flag: "--progress", args: ["--progress", "tty"], plain: true, differs: "the message is not Go's" },
  { flag: "--provenance", args: ["--provenance", "mode=max"] },
  { flag: "--provenance", args: ["--provenance=false"] },
  { flag: "--provenance", args: ["--provenance", "mode=most"] },
  { flag: "--provenance", args: ["--provenance", "version=v1,mode=min"] },
  { flag: "--pull", args: ["--pull"] },
  { flag: "--pull", args: ["--pull"], dockerfile: "FROM nothing/there\n" },
  { flag: "--push", args: ["--push"], plain: true },
  { flag: "--quiet", args: ["-q"] },
  { flag: "--quiet", args: ["-q", "--progress=plain"] },
  {
    flag: "--resource",
    args: ["--resource", "memory=512m", "--resource", "cpu-shares=100"],
    dockerfile: RUN("true"),
  },
  {
    flag: "--report",
    args: ["--report", "out/build.html"],
    differs: "a page about the build is written: a flag of tsbx alone",
    exits: "0",
  },
  { flag: "--resource", args: ["--resource", "disk=1"] },
  { flag: "--resource", args: ["--resource", "memory"] },
  {
    flag: "--resource",
    args: ["-m", "1g", "--resource", "memory=512m", "-c=10"],
    dockerfile: RUN("cat /sys/fs/cgroup/memory.max > /m"),
  },
  { flag: "--rm", args: ["--rm=false"] },
  { flag: "--sbom", args: ["--sbom=false"] },
  { flag: "--sbom", args: ["--sbom=true"] },
  { flag: "--sbom", args: ["--sbom", "generator=nothing/there"] },
  {
    flag: "--secret",
    args: ["--secret", "id=s,src=secret"],
    files: { secret: "x" },
    dockerfile: RUN("--mount=type=secret,id=s sha256sum /run/secrets/s > /s"),
  },
  {
    flag: "--secret",
    args: ["--secret", "id=s,env=S"],
    env: { S: "y" },
    dockerfile: RUN("--mount=type=secret,id=s,env=V echo $V > /s"),
  },
  {
    flag: "--secret",
    args: ["--secret", "type=env,id=s"],
    env: { s: "z" },
    dockerfile: RUN("--mount=type=secret,id=s cat /run/secrets/s > /s"),
  },
  { flag: "--secret", args: ["--secret", "id=s,src=nowhere"], differs: "the message is not Go's" },
  { flag: "--secret", args: ["--secret", "src=secret"] },
  { flag: "--secret", args: ["--secret", "id=s,type=vault"] },
  { flag: "--secret", args: ["--secret", "id=s,color=red"] },
  { flag: "--secret", args: [], dockerfile: RUN("--mount=type=secret,id=s,required true") },
  { flag: "--security-opt", args: ["--security-opt", "a=b"] },
  { flag: "--shm-size", args: ["--shm-size", "128m"], dockerfile: RUN("df -k /dev/shm | tail -1 > /shm") },
  { flag: "--shm-size", args: ["--shm-size", "lots"], differs: "the message is not Go's" },
  { flag: "--squash", args: ["--squash"] },
  { flag: "--ssh", args: ["--ssh", "default"], differs: "the message is not Go's" },
  {
    flag: "--ssh",
    args: ["--ssh", "k=key"],
    files: { key: KEY },
    dockerfile: RUN("--mount=type=ssh,id=k test -S $SSH_AUTH_SOCK"),
  },
  {
    flag: "--ssh",
    args: ["--ssh", "k=key"],
    files: { key: KEY },
    dockerfile: RUN("--mount=type=ssh,required true"),
  },
  {
    flag: "--ssh",
    args: [],
    dockerfile: RUN("--mount=type=ssh,required true"),
    differs: "the message is the daemon's: nothing is there to be asked",
  },
  {
    flag: "--ssh",
    args: ["--ssh", "a=/x", "--ssh", "a=/y"],
    differs: "found before the files are looked at",
  },
  { flag: "--tag", args: ["-t", "a:b", "--tag", "example.com/c/d"] },
  { flag: "--tag", args: ["-t", "Upper/Case"] },
  { flag: "--tag", args: ["-t", "Upper/Case", "-o", "out/files"], plain: true },
  { flag: "--tag", args: ["-t", "a:b:c", "--call", "targets"], plain: true },
  { flag: "--tag", args: ["-t", "a", "-t", "b c", "-o", "type=cacheonly"], plain: true },
  { flag: "--tag", args: ["-t", ""] },
  { flag: "--target", args: ["--target", "other"] },
  { flag: "--target", args: ["--target", "nothing"] },
  { flag: "--target", args: ["--target", "OTHER"] },
  { flag: "--target", args: ["--target", "1"] },
  {
    flag: "--ulimit",
    args: ["--ulimit", "nofile=1024:2048", "--ulimit", "core=0"],
    dockerfile: RUN("ulimit -n > /u"),
  },
  { flag: "--ulimit", args: ["--ulimit", "nofile=2:1"], differs: "the message is without the flag's name" },
  { flag: "arguments", args: ["--nope"] },
  { flag: "arguments", args: [], contexts: [], differs: "the usage is told in one line" },
  { flag: "arguments", args: [], contexts: ["context", "context"], differs: "the usage is told in one line" },
  { flag: "arguments", args: [], contexts: ["nowhere"] },
  { flag: "arguments", args: [], contexts: [""] },
  { flag: "arguments", args: [], contexts: ["-"], stdin: RUN("echo stdin") },
  { flag: "SOURCE_DATE_EPOCH", args: ["--build-arg", "SOURCE_DATE_EPOCH=7"] },
  { flag: "SOURCE_DATE_EPOCH", args: [], env: { SOURCE_DATE_EPOCH: "yesterday" } },
  {
    flag: "DOCKER_DEFAULT_PLATFORM",
    args: [],
    env: { DOCKER_DEFAULT_PLATFORM: "a/b/c/d" },
    differs: "the message is not Go's",
  },
  { flag: "Dockerfile", args: ["--call", "outline"], plain: true, dockerfile: DESCRIBED },
  { flag: "Dockerfile", args: ["--call", "outline,format=json"], plain: true, dockerfile: DESCRIBED },
  { flag: "Dockerfile", args: ["--call", "targets,format=json"], plain: true, dockerfile: DESCRIBED },
  { flag: "Dockerfile", args: ["--check"], plain: true, dockerfile: DESCRIBED },
  { flag: "Dockerfile", args: ["--call", "check,format=json"], plain: true, dockerfile: ODD },
  {
    flag: "Dockerfile",
    args: ["--check"],
    plain: true,
    dockerfile: "\uFEFFFROM busybox as a\r\nENV a b\r\n",
  },
  { flag: "Dockerfile", args: [], dockerfile: ODD },
  { flag: "Dockerfile", args: [], dockerfile: ODD.replaceAll("\n", "\r\n") },
  { flag: "Dockerfile", args: ["--check"], plain: true, dockerfile: BROKEN },
  {
    flag: "Dockerfile",
    args: ["--call", "check,format=json,ignorestatus=1"],
    plain: true,
    dockerfile: BROKEN,
  },
  { flag: "Dockerfile", args: [], dockerfile: BROKEN },
  {
    flag: "Dockerfile",
    args: ["--check"],
    plain: true,
    files: {
      "context/Dockerfile": Buffer.from("FROM busybox as a\nLABEL caf\xe9 b\xff\nENV a=$caf\xe9\n", "latin1"),
    },
  },
  {
    flag: "Dockerfile",
    args: ["--build-context", "tools:1=docker-image://busybox", "--build-arg", "V=1"],
    dockerfile:
      "ARG V\nFROM --platform=$BUILDPLATFORM tools:$V\nARG TARGETPLATFORM\nRUN echo $TARGETPLATFORM > /p\n",
  },
  {
    flag: "DOCKER_DEFAULT_PLATFORM",
    args: [],
    env: { DOCKER_DEFAULT_PLATFORM: "linux/arm64" },
    dockerfile: "FROM scratch\nCOPY file /\n",
  },
  { flag: "BUILDX_NO_DEFAULT_ATTESTATIONS", args: [], env: { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" } },
  {
    flag: "BUILDX_NO_DEFAULT_ATTESTATIONS",
    args: [],
    env: { BUILDX_NO_DEFAULT_ATTESTATIONS: "maybe" },
    differs: "the message is not Go's",
  },
  { flag: "BUILDX_METADATA_PROVENANCE", args: [], env: { BUILDX_METADATA_PROVENANCE: "disabled" } },
  { flag: "BUILDX_METADATA_PROVENANCE", args: [], env: { BUILDX_METADATA_PROVENANCE: "max" } },
  {
    flag: "BUILDX_METADATA_WARNINGS",
    args: [],
    env: { BUILDX_METADATA_WARNINGS: "1" },
    dockerfile: "FROM busybox as base\n",
  },
  {
    flag: "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY",
    args: [],
    env: { EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: "policy.json" },
    files: { "policy.json": '{"rules":[{"action":"DENY","selector":{"identifier":"*busybox*"}}]}' },
  },
  {
    flag: "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY",
    args: [],
    env: { EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: "policy.pb" },
    files: { "policy.pb": "\b\x01\x12\x0f\b\x01\x12\x0b\n\t*busybox*" },
  },
  { flag: "BUILDKIT_PROGRESS", args: [], env: { BUILDKIT_PROGRESS: "quiet" } },
  { flag: "BUILDKIT_PROGRESS", args: [], env: { BUILDKIT_PROGRESS: "fancy" } },
];
