import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { loadBed, type TokenRequest } from "@tsbx/testbed";
import { describe, expect, it } from "vitest";
import { auths, configure, type Login, pushAndPull, scene } from "./support/pushing.ts";

/** A program as docker's credential helpers are, which knows one login; it writes down what it is asked. */
function credentialHelper(directory: string, { host, user, password }: Login) {
  const log = join(directory, "asked");
  const program = join(directory, "docker-credential-test");
  const answer = JSON.stringify({ ServerURL: host, Username: user, Secret: password });
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    program,
    `#!/bin/sh
read server
echo "$1 $server" >> '${log}'
[ "$1 $server" = 'get ${host}' ] || { echo 'credentials not found in native keychain'; exit 1; }
echo '${answer}'
`,
  );
  chmodSync(program, 0o755);
  return { directory, asked: () => readFileSync(log, "utf8").trim().split("\n") };
}

describe("a registry that wants a password", () => {
  it("gets it from config.json", async () => {
    const { tlsAuth } = loadBed().registry;
    const here = await scene(tlsAuth.host);
    configure(here.client, auths(tlsAuth));
    await pushAndPull(here);
  });

  it.each([
    ["credHelpers", (host: string) => ({ credHelpers: { [host]: "test" } })],
    ["credsStore", () => ({ credsStore: "test" })],
  ])("gets it from a credential helper in %s", async (_, config) => {
    const { tlsAuth } = loadBed().registry;
    const here = await scene(tlsAuth.host);
    const helper = credentialHelper(join(here.client.home, "bin"), tlsAuth);
    configure(here.client, config(tlsAuth.host));
    await pushAndPull(here, { PATH: `${helper.directory}${delimiter}${here.client.env.PATH}` });
    expect(helper.asked()).toContain(`get ${tlsAuth.host}`);
  });

  it.each([
    ["a wrong password", /401/, (login: Login) => auths({ ...login, password: "wrong" })],
    ["no password", /401|no basic auth credentials/, () => ({})],
    [
      "a helper that is not installed",
      /docker-credential-missing .* it is not on PATH/,
      ({ host }: Login) => ({ credHelpers: { [host]: "missing" } }),
    ],
  ])("refuses %s, and the error says where", async (_, reason, config) => {
    const { tlsAuth } = loadBed().registry;
    const { client, image } = await scene(tlsAuth.host);
    configure(client, config(tlsAuth));
    const { code, stderr } = await client.run(["build", "--push", "--tag", image, "context"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^ERROR: .*${tlsAuth.host}`, "m"));
    expect(stderr.match(/^ERROR: .*$/m)?.[0]).toMatch(reason);
    expect(stderr).not.toContain("wrong");
    expect(stderr).not.toMatch(/^ +at .*\d+:\d+\)?$/m);
  });
});

describe("a registry that wants tokens", () => {
  it("gets them for the client's login, with nothing but the scopes that it needs", async () => {
    const { token } = loadBed().registry;
    const here = await scene(token.host);
    const repository = here.image.slice(token.host.length + 1, -":latest".length);
    configure(here.client, auths(token));
    // It is we who ask the token server, and its certificate is none that Node knows.
    await pushAndPull(here, { NODE_EXTRA_CA_CERTS: token.ca });
    const requests = tokenRequests().filter(({ scopes }) => scopes.some((s) => s.includes(repository)));
    expect(requests.length).toBeGreaterThan(0);
    expect(requests.map(({ user }) => user)).toEqual(requests.map(() => token.user));
    expect([...new Set(requests.map(({ form }) => form))]).toEqual(["post-password"]);
    expect(requests.flatMap(({ scopes }) => scopes)).toContain(`repository:${repository}:pull,push`);
  });

  it("is named when its token server cannot be trusted", async () => {
    const { token } = loadBed().registry;
    const { client, image } = await scene(token.host);
    configure(client, auths(token));
    const { code, stderr } = await client.run(["build", "--push", "--tag", image, "context"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^ERROR: .*cannot reach the token server ${token.realm}.*certificate`, "m"),
    );
  });
});

function tokenRequests(): TokenRequest[] {
  const lines = readFileSync(loadBed().registry.token.log, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}
