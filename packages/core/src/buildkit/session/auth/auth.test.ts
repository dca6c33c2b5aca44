import { createHmac, createPrivateKey, createPublicKey, randomBytes, verify } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  CredentialsRequest,
  CredentialsResponse,
  FetchTokenRequest,
  FetchTokenResponse,
  GetTokenAuthorityRequest,
  GetTokenAuthorityResponse,
  VerifyTokenAuthorityRequest,
  VerifyTokenAuthorityResponse,
} from "../../../gen/auth.ts";
import { servedCall } from "../served-call.test.support.ts";
import { dockerConfigCredentials } from "./docker-config.ts";
import { authHandlers } from "./handlers.ts";
import { type Credential, type CredentialProvider, staticCredentials } from "./provider.ts";

const PREFIX = "/moby.filesync.v1.Auth/";
const { signal } = new AbortController();
let base: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "tsbx-auth-"));
});

afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

function config(content: unknown): CredentialProvider {
  writeFileSync(join(base, "config.json"), typeof content === "string" ? content : JSON.stringify(content));
  const PATH = [join(base, "bin"), process.env.PATH].join(delimiter);
  return dockerConfigCredentials({ configDir: base, env: { PATH } });
}

const base64 = (value: string) => Buffer.from(value).toString("base64");

describe("Docker's configuration", () => {
  test.each<[string, Record<string, unknown>, Credential | undefined]>([
    ["user and password", { auth: base64("me:pa:ss") }, { username: "me", password: "pa:ss" }],
    ["padded with zeros", { auth: base64("me:pass\0\0") }, { username: "me", password: "pass" }],
    ["an empty password", { auth: base64("me:") }, { username: "me", password: "" }],
    ["in clear", { username: "me", password: "pass" }, { username: "me", password: "pass" }],
    ["an identity token", { auth: base64("me:x"), identitytoken: "it" }, { identityToken: "it" }],
    ["a registry token", { registrytoken: "rt", identitytoken: "it" }, { registryToken: "rt" }],
    ["nothing", {}, undefined],
  ])("%s", async (_, entry, expected) => {
    const provider = config({ auths: { "example.com": entry } });
    expect(await provider.credentials("example.com", signal)).toEqual(expected);
    expect(await provider.credentials("other.com", signal)).toBeUndefined();
    expect(await provider.credentials("constructor", signal)).toBeUndefined();
  });

  test.each([
    "example.com:5000",
    "https://example.com:5000",
    "http://example.com:5000/v2/",
    "example.com:5000/x",
  ])("the key %j", async (key) => {
    const provider = config({ auths: { [key]: { auth: base64("a:b") } } });
    expect(await provider.credentials("example.com:5000", signal)).toEqual({ username: "a", password: "b" });
    expect(await provider.credentials("example.com", signal)).toBeUndefined();
  });

  test("a key that is the host comes before one that is a URL of it", async () => {
    const auths = { "https://a.io/v1/": { auth: base64("old:x") }, "a.io": { auth: base64("new:x") } };
    expect(await config({ auths }).credentials("a.io", signal)).toMatchObject({ username: "new" });
  });

  test("one that is missing, empty, null, or has nulls, holds nothing", async () => {
    const missing = dockerConfigCredentials({ configDir: join(base, "missing"), env: {} });
    expect(await missing.credentials("a", signal)).toBeUndefined();
    for (const content of ["{}", "null", '{"auths":null,"credHelpers":null}']) {
      expect(await config(content).credentials("a", signal)).toBeUndefined();
    }
  });

  test("one that is not JSON, or not readable, is an error with its path", async () => {
    await expect(config("{").credentials("a", signal)).rejects.toMatchObject({
      code: "DOCKER_CONFIG_INVALID",
      message: expect.stringContaining(join(base, "config.json")) as string,
    });
    rmSync(join(base, "config.json"));
    mkdirSync(join(base, "config.json"));
    const provider = dockerConfigCredentials({ configDir: base, env: {} });
    await expect(provider.credentials("a", signal)).rejects.toMatchObject({
      code: "DOCKER_CONFIG_UNREADABLE",
    });
  });
});

describe.skipIf(process.platform === "win32")("credential helpers", () => {
  function helper(name: string, script: string): void {
    mkdirSync(join(base, "bin"), { recursive: true });
    const path = join(base, "bin", `docker-credential-${name}`);
    writeFileSync(path, `#!/bin/sh\nhost=$(cat)\necho "$1 $host" >> ${base}/calls\n${script}\n`);
    chmodSync(path, 0o755);
  }
  const calls = () => readFileSync(join(base, "calls"), "utf8").trim().split("\n");

  test("get the host on their input and answer in JSON; each host is asked for once", async () => {
    helper(
      "store",
      `echo "{\\"ServerURL\\":\\"$host\\",\\"Username\\":\\"me\\",\\"Secret\\":\\"for $host\\"}"`,
    );
    const provider = config({ credsStore: "store", auths: { a: { auth: base64("x:y") } } });
    const answers = await Promise.all(["a", "b", "a"].map((host) => provider.credentials(host, signal)));
    expect(answers).toEqual(["a", "b", "a"].map((host) => ({ username: "me", password: `for ${host}` })));
    expect(calls()).toEqual(["get a", "get b"]);
  });

  test("one for the host comes before the store, and an empty one is none", async () => {
    helper("one", `echo '{"Username":"<token>","Secret":"it"}'`);
    helper("store", `echo '{"Username":"","Secret":"refresh"}'`);
    const provider = config({ credsStore: "store", credHelpers: { a: "one", b: "" } });
    expect(await provider.credentials("a", signal)).toEqual({ identityToken: "it" });
    expect(await provider.credentials("b", signal)).toEqual({ identityToken: "refresh" });
  });

  test("that know nothing of a host", async () => {
    helper("none", `echo "credentials not found in native keychain"; exit 1`);
    helper("blank", `echo '{"Username":"","Secret":""}'`);
    const provider = config({ credHelpers: { a: "none", b: "blank" } });
    expect(await provider.credentials("a", signal)).toBeUndefined();
    expect(await provider.credentials("b", signal)).toBeUndefined();
  });

  test.each([
    ["fail", `echo "keychain is locked" >&2; exit 1`, "keychain is locked"],
    ["fail silently", "exit 7", "exit code 7"],
    ["do not speak JSON", "echo hello", "JSON"],
    ["end before they read", "exec true", "JSON"],
  ])("that %s", async (_, script, problem) => {
    helper("bad", script);
    await expect(config({ credsStore: "bad" }).credentials("a", signal)).rejects.toMatchObject({
      code: "CREDENTIAL_HELPER_FAILED",
      message: expect.stringMatching(new RegExp(`docker-credential-bad.* a: .*${problem}`)) as string,
    });
  });

  test.each([
    ["missing", "not on PATH"],
    ["../evil", "name is not valid"],
    ["a b", "name is not valid"],
  ])("named %j", async (name, problem) => {
    await expect(config({ credsStore: name }).credentials("a", signal)).rejects.toThrow(problem);
  });

  test("an answer that is broken is not quoted: it may hold the secret", async () => {
    helper("broken", `echo '{"Username":"me","Secret":"hunter2"'`);
    const asked = config({ credsStore: "broken" }).credentials("a", signal);
    const error: unknown = await asked.catch((cause: unknown) => cause);
    expect(inspect(error)).toContain("not valid JSON");
    expect(inspect(error)).not.toContain("hunter2");
    const parsed: unknown = await config(`{"auths":{"a":{"password":"hunter2"`)
      .credentials("a", signal)
      .catch((cause: unknown) => cause);
    expect(inspect(parsed)).not.toContain("hunter2");
  });

  test("a failure is not kept", async () => {
    helper("moody", `[ -e ${base}/fixed ] || exit 1; echo '{"Username":"u","Secret":"s"}'`);
    const provider = config({ credsStore: "moody" });
    await expect(provider.credentials("a", signal)).rejects.toThrow("exit code 1");
    writeFileSync(join(base, "fixed"), "");
    expect(await provider.credentials("a", signal)).toEqual({ username: "u", password: "s" });
  });

  test("a build that is given up does not take with it another that waits for the same answer", async () => {
    helper("wait", `[ -e ${base}/go ] || exec sleep 60; echo '{"Username":"u","Secret":"s"}'`);
    const abort = new AbortController();
    const provider = config({ credsStore: "wait" });
    const first = provider.credentials("a", abort.signal);
    const second = provider.credentials("a", signal);
    writeFileSync(join(base, "go"), "");
    abort.abort();
    await expect(first).rejects.toThrow();
    expect(await second).toEqual({ username: "u", password: "s" });
  });

  test("one that hangs is ended with the build", async () => {
    helper("slow", "exec sleep 60");
    const abort = new AbortController();
    const asked = config({ credsStore: "slow" }).credentials("a", abort.signal);
    abort.abort();
    await expect(asked).rejects.toThrow();
  });
});

describe("the service", () => {
  const credentials: Record<string, Credential> = {
    "https://index.docker.io/v1/": { username: "hub", password: "pass" },
    "token.io": { identityToken: "it" },
    "bearer.io": { registryToken: "rt" },
    "basic.io": { username: "me", password: "p w" },
  };
  const handlers = authHandlers(staticCredentials(credentials));

  test.each([
    ["registry-1.docker.io", "hub", "pass"],
    ["token.io", "", "it"],
    ["bearer.io", "", ""],
    ["basic.io", "me", "p w"],
    ["unknown.io", "", ""],
    ["__proto__", "", ""],
  ])("credentials for %s", async (host, username, secret) => {
    const [answer] = await servedCall(handlers, `${PREFIX}Credentials`, [
      CredentialsRequest.encode({ host }).finish(),
    ]);
    expect(CredentialsResponse.decode(answer!)).toEqual({ username, secret });
  });

  async function publicKey(host: string, salt: Uint8Array, of = handlers): Promise<Buffer> {
    const request = GetTokenAuthorityRequest.encode({ host, salt }).finish();
    const [answer] = await servedCall(of, `${PREFIX}GetTokenAuthority`, [request]);
    return Buffer.from(GetTokenAuthorityResponse.decode(answer!).publicKey);
  }

  test("the authority signs what it is given with the key that it showed", async () => {
    const salt = randomBytes(32);
    const payload = randomBytes(40);
    for (const host of ["basic.io", "unknown.io"]) {
      const raw = await publicKey(host, salt);
      expect(raw.length).toBe(32);
      const request = VerifyTokenAuthorityRequest.encode({ host, salt, payload }).finish();
      const [answer] = await servedCall(handlers, `${PREFIX}VerifyTokenAuthority`, [request]);
      const signed = Buffer.from(VerifyTokenAuthorityResponse.decode(answer!).signed);
      expect(signed.subarray(64)).toEqual(payload);
      const key = createPublicKey({
        key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") },
        format: "jwk",
      });
      expect(verify(null, payload, key, signed.subarray(0, 64))).toBe(true);
    }
  });

  test("the authority's key is stable per host and salt, and that of everyone without a credential", async () => {
    const [salt, other] = [randomBytes(32), randomBytes(32)];
    expect(await publicKey("basic.io", salt)).toEqual(await publicKey("basic.io", salt));
    expect(await publicKey("basic.io", salt)).not.toEqual(await publicKey("basic.io", other));
    expect(await publicKey("basic.io", salt)).not.toEqual(await publicKey("token.io", salt));
    expect(await publicKey("unknown.io", salt)).toEqual(
      await publicKey("b.io", salt, authHandlers(undefined)),
    );
  });

  describe("with a directory for seeds", () => {
    const salt = randomBytes(32);
    const seeds = (seedDir = base) => authHandlers(staticCredentials(credentials), { seedDir });
    const file = () => join(base, ".token_seed");

    test("the authority's key is the same in each build, and follows from seed and salt", async () => {
      const first = await publicKey("basic.io", salt, seeds());
      expect(await publicKey("basic.io", salt, seeds())).toEqual(first);
      const { Seed } = JSON.parse(readFileSync(file(), "utf8"))["basic.io"];
      const mac = createHmac("sha256", salt).update(Buffer.from(Seed, "base64")).digest();
      const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), mac]);
      const key = createPublicKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
      expect(first.toString("base64url")).toBe(key.export({ format: "jwk" }).x);
    });

    test.skipIf(process.platform === "win32")("the file is its owner's alone, and stands alone", async () => {
      await publicKey("basic.io", salt, seeds(join(base, "new")));
      expect(readdirSync(join(base, "new"))).toEqual([".token_seed"]);
      expect(statSync(join(base, "new/.token_seed")).mode & 0o777).toBe(0o600);
    });

    test("hosts asked for at once all keep their seeds, beside those of before", async () => {
      writeFileSync(file(), JSON.stringify({ "before.io": { Seed: base64("0123456789abcdef") } }));
      const shared = seeds();
      const hosts = ["basic.io", "token.io", "registry-1.docker.io"];
      await Promise.all(hosts.map((host) => publicKey(host, salt, shared)));
      const kept = Object.keys(JSON.parse(readFileSync(file(), "utf8")));
      expect(kept.sort()).toEqual([...hosts, "before.io"].sort());
    });

    test.each(["", "{", "null", "[]", '{"basic.io":null}', '{"basic.io":{"Seed":7}}'])(
      "a file of %j is made anew",
      async (content) => {
        writeFileSync(file(), content);
        const first = await publicKey("basic.io", salt, seeds());
        expect(await publicKey("basic.io", salt, seeds())).toEqual(first);
      },
    );

    test("where none can be written, the key lasts as long as the build", async () => {
      writeFileSync(join(base, "taken"), "");
      const shared = seeds(join(base, "taken"));
      expect(await publicKey("basic.io", salt, shared)).toEqual(await publicKey("basic.io", salt, shared));
      expect(await publicKey("basic.io", salt, shared)).not.toEqual(
        await publicKey("basic.io", salt, seeds(join(base, "taken"))),
      );
    });

    test("without a credential nothing is written", async () => {
      await publicKey("unknown.io", salt, seeds());
      expect(readdirSync(base)).toEqual([]);
    });
  });
});

describe("tokens", () => {
  let server: Server;
  let realm: string;
  let seen: Array<{ method: string; url: URL; form: Record<string, string>; authorization: string }>;
  let respond: (request: IncomingMessage) => [number, unknown];

  beforeEach(async () => {
    seen = [];
    respond = () => [200, { token: "granted" }];
    server = createServer(async (request, response) => {
      seen.push({
        method: request.method!,
        url: new URL(request.url!, "http://localhost"),
        form: Object.fromEntries(new URLSearchParams(await text(request))),
        authorization: request.headers.authorization ?? "",
      });
      const [status, body] = respond(request);
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(typeof body === "string" ? body : JSON.stringify(body));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?keep=1`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  async function fetchToken(credential?: Credential): Promise<FetchTokenResponse> {
    const handlers = authHandlers(staticCredentials(credential ? { host: credential } : {}));
    const request = { clientId: "", host: "host", realm, service: "svc", scopes: ["repository:a:pull", "b"] };
    const [answer] = await servedCall(handlers, `${PREFIX}FetchToken`, [
      FetchTokenRequest.encode(FetchTokenRequest.fromPartial(request)).finish(),
    ]);
    return FetchTokenResponse.decode(answer!);
  }

  test("anonymously: one GET with the scopes apart", async () => {
    expect(await fetchToken()).toMatchObject({ token: "granted", expiresIn: 60n, issuedAt: 0n });
    expect(seen.length).toBe(1);
    expect(seen[0]).toMatchObject({ method: "GET", authorization: "" });
    const { searchParams } = seen[0]!.url;
    expect([searchParams.get("service"), searchParams.getAll("scope"), searchParams.get("keep")]).toEqual([
      "svc",
      ["repository:a:pull", "b"],
      "1",
    ]);
  });

  test("with a password: a form; access_token, expires_in and issued_at are taken", async () => {
    respond = () => [
      200,
      { access_token: "first", token: "second", expires_in: 300, issued_at: "2020-09-13T12:26:40Z" },
    ];
    const answer = await fetchToken({ username: "me", password: "p&w" });
    expect(answer).toMatchObject({ token: "first", expiresIn: 300n, issuedAt: 1_600_000_000n });
    expect(seen).toMatchObject([{ method: "POST", authorization: "" }]);
    expect(seen[0]!.form).toMatchObject({
      grant_type: "password",
      service: "svc",
      scope: "repository:a:pull b",
      username: "me",
      password: "p&w",
    });
    expect(seen[0]!.form.client_id).not.toBe("");
  });

  test("how long a token lives is as the server says", async () => {
    respond = () => [200, { token: "brief", expires_in: 30 }];
    expect((await fetchToken()).expiresIn).toBe(30n);
    respond = () => [200, { token: "brief", expires_in: 30.7 }];
    expect((await fetchToken()).expiresIn).toBe(30n);
  });

  test("an answer that is broken or endless is refused, and not quoted", async () => {
    respond = () => [200, '{"token":"hunter2"'];
    const error: unknown = await fetchToken().catch((cause: unknown) => cause);
    expect(inspect(error)).toContain("not valid JSON");
    expect(inspect(error)).not.toContain("hunter2");
    respond = () => [200, { token: "x".repeat(2_000_000) }];
    await expect(fetchToken()).rejects.toThrow("too long");
    respond = () => [200, "null"];
    await expect(fetchToken()).rejects.toThrow("gave no token");
  });

  test("with an identity token: a form to refresh it", async () => {
    await fetchToken({ identityToken: "it" });
    expect(seen[0]!.form).toMatchObject({ grant_type: "refresh_token", refresh_token: "it" });
  });

  test.each([401, 404, 405])(
    "a server that answers the form with %i is asked the old way",
    async (status) => {
      respond = (request) => (request.method === "POST" ? [status, {}] : [200, { token: "old" }]);
      expect((await fetchToken({ username: "me", password: "ü:x" })).token).toBe("old");
      expect(seen.map(({ method }) => method)).toEqual(["POST", "GET"]);
      expect(seen[1]!.authorization).toBe(`Basic ${base64("me:ü:x")}`);
    },
  );

  test("a registry token is the token", async () => {
    expect((await fetchToken({ registryToken: "rt" })).token).toBe("rt");
    expect(seen).toEqual([]);
  });

  test("what the server refuses, and what is no token", async () => {
    respond = () => [401, {}];
    await expect(fetchToken()).rejects.toMatchObject({
      code: 16,
      message: expect.stringContaining("401") as string,
    });
    respond = () => [500, {}];
    await expect(fetchToken({ username: "a", password: "b" })).rejects.toThrow("HTTP status 500");
    respond = () => [200, {}];
    await expect(fetchToken()).rejects.toThrow("gave no token");
  });
});
