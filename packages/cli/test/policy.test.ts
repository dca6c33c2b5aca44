import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { type Entry, writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const DENY = 'package docker\ndecision := {"allow": false, "deny_msg": ["by the policy"]}\n';
const DOCKERFILE = "FROM scratch\nCOPY file /\n";

interface Case {
  args?: readonly string[];
  files?: Readonly<Record<string, Entry>>;
  env?: Readonly<Record<string, string>>;
}

/** Builds with the peer and with tsbx. */
async function both({ args = [], files = {}, env = {} }: Case) {
  const directory = await workspace();
  const run = async (client: Client) => {
    writeTree(join(client.home, "context"), { Dockerfile: DOCKERFILE, file: "", ...files });
    return client.run(["build", "--progress=plain", ...args, "context"], { env });
  };
  return { theirs: await run(await peer(directory)), ours: await run(await tsbx(directory)) };
}

const policies = (values: readonly string[]) => values.flatMap((value) => ["--policy", value]);

describe("--policy", () => {
  it.each([
    ["filename"],
    ["a.rego"],
    ["filename="],
    ["filename=a,"],
    ["disabled=maybe"],
    ["reset="],
    ["strict=yes"],
    ["log-level=loud"],
    ["log-level="],
    ["level=info"],
    ["filename=a", "Strict=x"],
    ["disabled=true", "filename=a"],
    ["strict=false,disabled=true"],
    ["reset=true,disabled=true"],
    ["log-level=info", "disabled=true"],
    ["disabled=true", "disabled=true"],
  ])("is refused as by the peer: %j", async (...values) => {
    const { theirs, ours } = await both({ args: policies(values) });
    expect([theirs.code, ours.code]).toEqual([1, 1]);
    // The reason behind it is Go's there.
    const [, said] = /^ERROR: (?:failed to build: )?(.+?)(?::.*)?$/m.exec(theirs.stderr)!;
    expect(ours.stderr).toMatch(/^HINT: /m);
    expect(/^ERROR: (.+?)(?::.*)?$/m.exec(ours.stderr)![1]).toBe(said);
  });

  it.each<[string, Case]>([
    ["disabled", { args: ["--policy", "disabled=true"], files: { "Dockerfile.rego": DENY } }],
    ["also the built-in", { args: ["--policy", "disabled=true"], env: { BUILDX_DEFAULT_POLICY: "1" } }],
    ["reset", { args: ["--policy", "reset=true"], files: { "Dockerfile.rego": DENY } }],
    ["none, with settings", { args: policies(["strict=true", "log-level=debug"]) }],
    ["that of another Dockerfile", { files: { "other.rego": DENY, "dockerfile.rego": DENY } }],
  ])("leaves no policy, as with the peer: %s", async (_, scenario) => {
    const { theirs, ours } = await both(scenario);
    expect([theirs.code, ours.code]).toEqual([0, 0]);
  });

  it.each<[string, Case]>([
    ["beside the Dockerfile", { files: { "Dockerfile.rego": DENY } }],
    [
      "beside another Dockerfile",
      {
        args: ["--file", "context/sub/other"],
        files: { "sub/other": DOCKERFILE, "sub/other.rego": DENY },
      },
    ],
    [
      "beside a dockerfile",
      {
        args: ["--file", "context/sub/Dockerfile"],
        files: { "sub/dockerfile": DOCKERFILE, "sub/dockerfile.rego": DENY },
      },
    ],
    ["given", { args: ["--policy", "filename=p.rego"], files: { "p.rego": DENY } }],
    ["given after a reset", { args: policies(["reset=true", "filename=p.rego"]), files: { "p.rego": DENY } }],
    ["with settings", { args: policies(["strict=true"]), files: { "Dockerfile.rego": DENY } }],
    ["not disabled", { args: policies(["disabled=false"]), files: { "Dockerfile.rego": DENY } }],
  ])("leaves a policy that the peer obeys: %s", async (_, scenario) => {
    const { theirs, ours } = await both(scenario);
    for (const { code, stderr } of [theirs, ours]) {
      expect(stderr).toMatch(/^Policy: by the policy$/m);
      expect(stderr).toMatch(/^ERROR: failed to build: .* not allowed by policy: action DENY/m);
      expect(code).toBe(1);
    }
  });

  it("knows the build, and all policies must allow", async () => {
    const telling = `package docker
import data.lib.names
default allow := false
allow if input.env.args.ALLOW == "yes"
deny_msg contains names.all if not allow
decision := {"allow": allow, "deny_msg": deny_msg}
`;
    const files = {
      "p.rego": telling,
      "allow.rego": 'package docker\ndecision := {"allow": true}\n',
      "lib/names.rego":
        'package lib.names\nall := concat(" ", [input.env.filename, input.env.target, input.env.labels.l, input.env.args.A])\n',
      Dockerfile: "FROM scratch AS last\nARG A\nCOPY file /\n",
    };
    const named = ["--target", "last", "--label", "l=m", "--build-arg", "A=b"];
    const args = [...policies(["filename=allow.rego", "filename=p.rego"]), ...named];
    const denied = await both({ files, args });
    expect(denied.theirs.stderr).toMatch(/^Policy: Dockerfile last m b$/m);
    expect(denied.ours.stderr).toMatch(/^Policy: Dockerfile last m b$/m);
    const allowed = await both({ files, args: [...args, "--build-arg", "ALLOW=yes"] });
    expect([allowed.theirs.code, allowed.ours.code]).toEqual([0, 0]);
  });

  it.each<[string, Case, RegExp]>([
    ["a file that is missing", { args: policies(["filename=no.rego"]) }, /policy file no\.rego not found/],
    [
      "one outside of the context",
      { args: policies(["filename=../tmp"]) },
      /policy file \.\.\/tmp not found|tmp/,
    ],
    [
      "what is no Rego",
      { args: policies(["filename=p.rego"]), files: { "p.rego": "package docker\nallow { true }\n" } },
      /p\.rego:2/,
    ],
    [
      "an import that is missing",
      { args: policies(["filename=p.rego"]), files: { "p.rego": "package docker\nimport data.a.b\n" } },
      /import data\.a\.b not found for module p\.rego/,
    ],
  ])("is refused by both: %s", async (_, scenario, message) => {
    const { theirs, ours } = await both(scenario);
    expect([theirs.code, ours.code]).toEqual([1, 1]);
    for (const { stderr } of [theirs, ours]) expect(stderr).toMatch(message);
  });

  it("is refused before the build where it needs what is not evaluated here", async () => {
    const policy = `package docker
decision := {"allow": allow}
default allow := false
allow if not input.image
allow if docker_github_builder(input.image, "docker/x")
`;
    const { ours } = await both({ files: { "Dockerfile.rego": policy } });
    expect(ours.code).toBe(1);
    expect(ours.stderr).toMatch(
      /^ERROR: .*Dockerfile\.rego:5:\d+: the function docker_github_builder is not supported$/m,
    );
    expect(ours.stderr).not.toContain("load build definition");
  });

  it("does not build without the built-in policy, where that is turned on", async () => {
    const { ours } = await both({ env: { BUILDX_DEFAULT_POLICY: "true" } });
    expect(ours.code).toBe(1);
    expect(ours.stderr).toContain("the policy of BUILDX_DEFAULT_POLICY is not supported");
  });
});
