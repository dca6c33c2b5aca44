import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, openNode } from "@tsbx/core";
import remote from "@tsbx/driver-remote";
import { loadBed } from "@tsbx/testbed";
import { startWebServer } from "@tsbx/testbed/web-server";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { regoPolicy } from "../src/index.ts";

const { tools, buildkitd, registry } = loadBed(["tools", "buildkitd", "registry"]);

let home: string;
let server: Awaited<ReturnType<typeof startWebServer>>;
const run = promisify(execFile);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "tsbx-rego-"));
  await run(
    tools.buildx,
    ["create", "--name", "bed", "--driver", "remote", "--use", buildkitd.unix],
    peerOptions(),
  );
  mkdirSync(join(home, "web/app.work"), { recursive: true });
  writeFileSync(join(home, "web/one"), "one\n");
  writeFileSync(join(home, "web/app.work/file"), "of git\n");
  const git = (...args: string[]) =>
    run("git", ["-c", "user.name=A U Thor", "-c", "user.email=a@example.com", ...args], {
      cwd: join(home, "web/app.work"),
      env: {
        PATH: process.env.PATH ?? "",
        HOME: home,
        GIT_COMMITTER_DATE: "1500000000 +0130",
        GIT_AUTHOR_DATE: "1400000000 -0500",
      },
    });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "the subject\n\nand the body");
  await git("tag", "--annotate", "--message", "the tag", "v1");
  await git("tag", "light");
  await git("clone", "--quiet", "--bare", ".", join(home, "web/app.git"));
  server = await startWebServer(join(home, "web"));
});
afterAll(async () => {
  await server.close();
  await rm(home, { recursive: true });
});

function peerOptions() {
  return { cwd: home, env: { HOME: home, PATH: process.env.PATH ?? "" } };
}

interface Case {
  dockerfile: string;
  policy: string;
  files?: Readonly<Record<string, string>>;
}

/** Why a build is denied, and whether it is. */
interface Outcome {
  denied: boolean;
  messages: string[];
}

let count = 0;

function prepare({ dockerfile, policy, files = {} }: Case): string {
  const context = join(home, `context${count++}`);
  mkdirSync(context);
  const all = { Dockerfile: dockerfile, "p.rego": policy, file: `${Math.random()}`, ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(join(context, name, ".."), { recursive: true });
    writeFileSync(join(context, name), text);
  }
  return context;
}

async function theirs(context: string): Promise<Outcome> {
  const args = ["build", "--policy", "reset=true,filename=p.rego", context];
  const { stderr, denied } = await run(tools.buildx, args, peerOptions()).then(
    () => ({ stderr: "", denied: false }),
    (error) => ({ stderr: String(error.stderr), denied: true }),
  );
  const messages = [...stderr.matchAll(/^Policy: (.*)$/gm)].map(([, message]) => message!);
  if (denied && !/not allowed by policy/.test(stderr)) throw new Error(stderr);
  return { denied, messages };
}

async function ours(context: string, { policy, files = {} }: Case): Promise<Outcome> {
  const node = openNode(
    remote,
    { builder: "b", name: "n", endpoint: buildkitd.unix },
    { env: {}, stateDir: home },
  );
  onTestFinished(() => node.close());
  const verifySource = regoPolicy({
    modules: [{ name: "p.rego", text: policy }],
    env: { filename: "Dockerfile" },
    readFile: (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
  });
  try {
    await build(node, { context, verifySource }).result;
    return { denied: false, messages: [] };
  } catch (error) {
    const { code, messages } = error as { code: string; messages: string[] };
    if (code !== "SOURCE_DENIED") throw error;
    return { denied: true, messages };
  }
}

/** Decides with both, and expects the same. */
async function expectSame(scenario: Case): Promise<Outcome> {
  const context = prepare(scenario);
  const theirOutcome = await theirs(context);
  const ourOutcome = await ours(context, scenario);
  expect(ourOutcome).toEqual(theirOutcome);
  return ourOutcome;
}

/** Denies sources of a kind and tells what is known of them. */
const telling = (kind: string, term = `input.${kind}`) => `package docker
import rego.v1
default allow := false
allow if not input.${kind}
deny_msg contains json.marshal(${term})
decision := {"allow": allow, "deny_msg": deny_msg}
`;

/** An object of fields, each as a list of its value or nothing. */
const fields = (kind: string, ...names: string[]) =>
  `{${names.map((name) => `"${name}": [x | x := input.${kind}.${name}]`).join(", ")}}`;

describe("the input is the peer's", () => {
  it("of an image", async () => {
    const names = [
      "ref",
      "host",
      "repo",
      "fullRepo",
      "tag",
      "platform",
      "os",
      "arch",
      "variant",
      "isCanonical",
    ];
    const more = [
      "checksum",
      "labels",
      "user",
      "volumes",
      "workingDir",
      "env",
      "createdTime",
      "hasProvenance",
    ];
    for (const image of [
      "busybox",
      "docker.io/library/alpine:latest",
      `${registry.plain.host}/library/busybox`,
    ]) {
      const dockerfile = `FROM ${image}\n`;
      const { messages } = await expectSame({
        dockerfile,
        policy: telling("image", fields("image", ...names)),
      });
      expect(messages).toHaveLength(1);
      await expectSame({ dockerfile, policy: telling("image", fields("image", ...names, ...more)) });
    }
  });

  it("of a download", async () => {
    const names = ["url", "schema", "host", "path", "query", "hasAuth", "checksum"];
    for (const query of ["", "?a=1&b=2&a=%20x+y&c"]) {
      const dockerfile = `FROM scratch\nADD ${server.url}/one${query} /\n`;
      const { messages } = await expectSame({
        dockerfile,
        policy: telling("http", fields("http", ...names)),
      });
      expect(messages[0]).toContain('"checksum":["sha256:');
    }
  });

  it.each(["", "#v1", "#light", "#main", "#refs/heads/main", "#refs/tags/v1", "#v1:sub/dir"])(
    "of a git repository %s",
    async (fragment) => {
      const dockerfile = `FROM scratch\nADD ${server.url}/app.git${fragment} /\n`;
      const known = ["schema", "host", "remote", "fullURL", "subDir", "isCommitRef"];
      const resolved = [
        "ref",
        "tagName",
        "branch",
        "checksum",
        "commitChecksum",
        "isAnnotatedTag",
        "isSHA256",
      ];
      await expectSame({ dockerfile, policy: telling("git", fields("git", ...known)) });
      await expectSame({ dockerfile, policy: telling("git", fields("git", "ref", "tagName", "branch")) });
      await expectSame({ dockerfile, policy: telling("git", fields("git", ...known, ...resolved)) });
      const { messages } = await expectSame({
        dockerfile,
        policy: telling("git", fields("git", ...known, ...resolved, "commit", "tag")),
      });
      expect(messages[0]).toContain("the subject");
    },
  );

  it("of a directory, and of the build", async () => {
    const dockerfile = "FROM scratch\nCOPY file /\n";
    await expectSame({ dockerfile, policy: telling("local", "input") });
  });
});

const DOCKERFILE = () =>
  `FROM busybox AS a\nFROM scratch\nCOPY --from=a /bin/busybox /\nADD ${server.url}/one /\nADD ${server.url}/app.git#v1 /git\n`;

describe("decisions are the peer's", () => {
  it.each<[string, string, string?]>([
    ["all is allowed", 'decision := {"allow": true}'],
    ["nothing is", 'decision := {"allow": false, "deny_msg": ["no", "never"]}'],
    [
      "a list of hosts",
      `default allow := false
allow if input.local
allow if input.image.host in {"docker.io"}
allow if input.http.host == trusted
allow if { input.git; startswith(input.git.remote, "http://127.0.0.1") }
trusted := "127.0.0.1"
deny_msg contains msg if { not allow; msg := sprintf("source %v", [input.http.host]) }
decision := {"allow": allow, "deny_msg": deny_msg}`,
    ],
    [
      "by label",
      `allow if not input.image
allow if input.image.labels["org.example"] == "x"
deny_msg contains "no label" if { input.image; not input.image.labels["org.example"] }
default allow := false
decision := {"allow": allow, "deny_msg": deny_msg}`,
    ],
    [
      "by tag and version",
      `default allow := false
allow if not input.git
allow if { regex.match("^v[0-9]+$", input.git.tagName); input.git.isAnnotatedTag; input.git.commit.author.name == "A U Thor" }
decision := {"allow": allow}`,
    ],
    [
      "by else",
      `allow := true if { input.local } else := true if { input.image.repo == "busybox" } else := false
decision := {"allow": allow, "deny_msg": {m | not allow; m := "else"}}`,
    ],
    [
      "a pin",
      `default allow := false
allow if not input.image
allow if { input.image.repo == "busybox"; pin_image(input.image, input.image.checksum) }
decision := {"allow": allow}`,
    ],
    [
      "an import and data",
      `import data.lib.hosts
default allow := false
allow if not input.http
allow if hosts.known(input.http.host)
decision := {"allow": allow, "deny_msg": [json.marshal(load_json("data.json"))]}`,
    ],
  ])("%s", async (_, rules) => {
    await expectSame({
      dockerfile: DOCKERFILE(),
      policy: `package docker\nimport rego.v1\n${rules}\n`,
      files: {
        "lib/hosts.rego": 'package lib.hosts\nknown(host) if startswith(host, "nowhere")\n',
        "data.json": '{"a": [1]}',
      },
    });
  });

  it.each(["FROM busybox:latest\n", "FROM alpine\n", "FROM scratch\nCOPY file /\n"])(
    "the documented policy, %j",
    async (dockerfile) => {
      const page = readFileSync(join(import.meta.dirname, "../../../docs/source-policies.md"), "utf8");
      const [, policy = ""] = /^```rego\n(.*?)^```$/ms.exec(page)!;
      await expectSame({ dockerfile, policy });
    },
  );
});
