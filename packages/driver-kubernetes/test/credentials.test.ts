import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect as connectSocket, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { dialPod, type PodAddress } from "../src/pod.ts";
import { bedContext, writeKubeconfig } from "./kubeconfig.ts";
import { connect, eventually, failureOf, kubernetes, never } from "./namespace.ts";

const name = `credentials-${process.pid}`;
const node = connect({ kubeconfig: kubernetes.kubeconfigs.builder }, { name });

let pod: string;
let token: string;
let directory: string;
beforeAll(async () => {
  await node.boot(() => {}, never);
  pod = (await node.status(never)).replicas![0]!.name;
  token = String((await bedContext(kubernetes.kubeconfigs.builder)).user.token);
});
afterAll(() => node.remove({ keepState: false }, never));
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tsbx-credentials-"));
  onTestFinished(() => rm(directory, { recursive: true }));
});

/** Reads the pod from the API server and connects to its buildkitd: a request, then a WebSocket. */
async function reach(address: Partial<PodAddress>, env: Record<string, string> = {}): Promise<void> {
  (await dialPod({ pod, ...address }, env, never)).destroy();
}

/** The same through a kubeconfig with these fields. */
async function reachWith(other: { cluster?: object; user?: object }, env: Record<string, string> = {}) {
  await reach({ kubeconfig: await writeKubeconfig(directory, other), namespace: kubernetes.namespace }, env);
}

test("inside a pod: by its service account, in its namespace", async () => {
  const { hostname, port } = new URL(kubernetes.server);
  const { cluster } = await bedContext();
  await cp(String(cluster["certificate-authority"]), join(directory, "ca.crt"));
  await writeFile(join(directory, "token"), `${token}\n`);
  await writeFile(join(directory, "namespace"), kubernetes.namespace);
  const env = { HOME: directory, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  await reach({ serviceAccount: directory }, env);
  expect(await failureOf(reach({ serviceAccount: join(directory, "none") }, env))).toMatchObject({
    code: "KUBERNETES_NOT_CONFIGURED",
  });
});

test("a token in a file, which is read anew when it is no longer taken", async () => {
  const kubeconfig = await writeKubeconfig(directory, { user: { tokenFile: "secrets/token" } });
  const file = join(dirname(kubeconfig), "secrets/token");
  const handle = connect({ kubeconfig, namespace: kubernetes.namespace }, { name });
  expect(await failureOf(handle.dial(never))).toMatchObject({
    code: "KUBERNETES_FILE_UNREADABLE",
    message: expect.stringContaining(
      `cannot read the tokenFile of u: ENOENT: no such file or directory, open '${file}'`,
    ),
  });
  await mkdir(dirname(file));
  await writeFile(file, "old");
  expect(await failureOf(handle.dial(never))).toMatchObject({ code: "KUBERNETES_UNAUTHENTICATED" });
  await writeFile(file, `${token}\n`);
  (await handle.dial(never)).destroy();
});

describe("a plugin", () => {
  /** A user whose plugin is this shell script. It lies beside the kubeconfig, and writes down that it was run. */
  async function plugin(script: string, more: object = {}) {
    const lines = ["#!/bin/sh", 'cd "$(dirname "$0")"', "echo run >> runs", script];
    await writeFile(join(directory, "plugin"), lines.join("\n"), { mode: 0o755 });
    return {
      user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "./plugin", ...more } },
    };
  }
  const answer = (status: object) => `echo '${JSON.stringify({ kind: "ExecCredential", status })}'`;
  const written = (file: string) => readFile(join(directory, file), "utf8");

  test.each([
    ["once for what holds long", 3_600_000, /^run\n$/],
    ["again for what is about to end", 5000, /^(run\n){2,}$/],
  ])("is asked %s", async (_name, holds, runs) => {
    const expirationTimestamp = new Date(Date.now() + holds).toISOString();
    await reachWith(await plugin(answer({ token, expirationTimestamp })));
    expect(await written("runs")).toMatch(runs);
  });

  test("may give a certificate", async () => {
    const { user } = await bedContext();
    const [clientCertificateData, clientKeyData] = await Promise.all(
      ["client-certificate", "client-key"].map((field) => readFile(String(user[field]), "utf8")),
    );
    await writeFile(
      join(directory, "answer"),
      JSON.stringify({ status: { clientCertificateData, clientKeyData } }),
    );
    await reachWith(await plugin("cat answer"));
  });

  test("gets its arguments and variables, and, where it wants that, what is known of the cluster", async () => {
    const script = `echo "$1 $OWN $OTHERS" > given; echo "$KUBERNETES_EXEC_INFO" > info; ${answer({ token })}`;
    const env = { PATH: process.env.PATH!, OTHERS: "others" };
    const more = { args: ["get token"], env: [{ name: "OWN", value: "own" }], provideClusterInfo: true };
    const extension = { name: "client.authentication.k8s.io/exec", extension: { audience: "x" } };
    await reachWith({ ...(await plugin(script, more)), cluster: { extensions: [extension] } }, env);
    expect(await written("given")).toBe("get token own others\n");
    const ca = await readFile(String((await bedContext()).cluster["certificate-authority"]));
    expect(JSON.parse(await written("info"))).toEqual({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      spec: {
        interactive: false,
        cluster: {
          server: kubernetes.server,
          "certificate-authority-data": ca.toString("base64"),
          config: { audience: "x" },
        },
      },
    });
  });

  test.each([
    ["fails", "echo log in first >&2; exit 3", {}, /plugin failed: it ended with exit code 3: log in first$/],
    ["is killed", "kill -9 $$", {}, /it ended with SIGKILL: it wrote nothing$/],
    ["writes no JSON", "echo token", {}, /its output is not JSON$/],
    ["gives nothing", answer({}), {}, /its output has no credential$/],
    ["is not there", "", { command: "no-such-plugin" }, /no-such-plugin failed: .*ENOENT/],
  ])("that %s is named", async (_name, script, more, message) => {
    const given = await plugin(script, { installHint: "Install it from example.com.", ...more });
    expect(await failureOf(reachWith(given, { PATH: process.env.PATH! }))).toMatchObject({
      code: "KUBERNETES_CREDENTIAL_PLUGIN",
      message: expect.stringMatching(message),
    });
  });

  test("says how to get it where the kubeconfig does", async () => {
    const given = await plugin("exit 1", { installHint: "Install it from example.com." });
    expect(await failureOf(reachWith(given))).toMatchObject({ hint: "Install it from example.com." });
  });

  test("is ended by a cancelled operation", async () => {
    const kubeconfig = await writeKubeconfig(directory, await plugin("echo $$ > pid; exec sleep 1000"));
    const cancel = new AbortController();
    const failure = failureOf(connect({ kubeconfig }).boot(() => {}, cancel.signal));
    const pid = await eventually(async () => Number(/^\d+(?=\n)/.exec(await written("pid"))![0]));
    cancel.abort();
    expect(await failure).toMatchObject({ code: "ABORTED" });
    await eventually(async () => expect(() => process.kill(pid, 0)).toThrow("ESRCH"));
  });
});

describe("a proxy", () => {
  /** Serves CONNECT, and keeps what was asked for. */
  async function startProxy(): Promise<{ url: string; asked: string[]; open(): number }> {
    const asked: string[] = [];
    const sockets = new Set<Socket>();
    const server = createServer().on("connect", (request, inward: Socket) => {
      asked.push(request.url!);
      const { hostname, port } = new URL(`tcp://${request.url}`);
      const outward = connectSocket(Number(port), hostname, () => {
        inward.write("HTTP/1.1 200 Connection established\r\n\r\n");
        inward.pipe(outward).pipe(inward);
      });
      sockets.add(inward);
      inward.on("error", () => {}).on("close", () => outward.destroy() && sockets.delete(inward));
      outward.on("error", () => {}).on("close", () => inward.destroy());
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, asked, open: () => sockets.size };
  }

  test.each([
    ["with a certificate", undefined],
    ["with a token", () => ({ token })],
  ])("is gone through %s, by requests and by connections to pods", async (_name, user) => {
    const proxy = await startProxy();
    await reachWith({ cluster: { "proxy-url": proxy.url }, ...(user && { user: user() }) });
    const { host } = new URL(kubernetes.server);
    expect(proxy.asked).toEqual([host, host]);
    await eventually(async () => expect(proxy.open()).toBe(0));
  });

  test("that is down is an API server that cannot be reached", async () => {
    expect(await failureOf(reachWith({ cluster: { "proxy-url": "http://127.0.0.1:1" } }))).toMatchObject({
      code: "KUBERNETES_UNREACHABLE",
      message: expect.stringContaining("connection refused"),
    });
  });
});

describe("an auth-provider", () => {
  const provider = (name: string, config: object) => ({ user: { "auth-provider": { name, config } } });

  test("oidc: a token that holds is used as it is", () =>
    reachWith(provider("oidc", { "id-token": token, "client-id": "c" })));

  test("oidc: one that is over, and nothing to get another with", async () => {
    const failure = await failureOf(reachWith(provider("oidc", { "id-token": jwt(-1), "client-id": "c" })));
    expect(failure).toMatchObject({
      code: "KUBERNETES_AUTH_PROVIDER",
      message: expect.stringContaining("its token is over"),
    });
  });

  test.each([
    ["without a secret", {}, undefined, "&client_id=c"],
    [
      "with its secret",
      { "client-secret": "s:/" },
      `Basic ${Buffer.from("c:s%3A%2F").toString("base64")}`,
      "",
    ],
  ])(
    "oidc: one that is over is refreshed at the issuer, %s",
    async (_name, secret, authorization, client) => {
      const issuer = await startIssuer([{ id_token: jwt(-1), refresh_token: "r2" }, { id_token: token }]);
      const config = {
        ...{ "id-token": jwt(-1), "refresh-token": "r1", "client-id": "c", ...secret },
        ...{ "idp-issuer-url": issuer.url, "idp-certificate-authority": issuer.ca },
      };
      // What the first answer has is over again: the next to need one asks once more.
      await reachWith(provider("oidc", config));
      expect(issuer.asked).toEqual(
        ["r1", "r2"].flatMap((refresh) => [
          { path: "/.well-known/openid-configuration", body: "" },
          {
            path: "/token",
            body: `grant_type=refresh_token&refresh_token=${refresh}${client}`,
            authorization,
          },
        ]),
      );
    },
  );

  test("oidc: what the issuer refuses is told", async () => {
    const issuer = await startIssuer([]);
    const config = { "refresh-token": "r1", "client-id": "c", "idp-issuer-url": issuer.url };
    const trusted = provider("oidc", { ...config, "idp-certificate-authority": issuer.ca });
    expect((await failureOf(reachWith(trusted))).message).toContain(
      'answered with status 400: {"error":"invalid_grant"}',
    );
    expect((await failureOf(reachWith(provider("oidc", config)))).message).toMatch(
      /self-signed certificate$/,
    );
  });

  test("a cloud's command", async () => {
    const command = join(directory, "cloud");
    await writeFile(command, `#!/bin/sh\necho '${JSON.stringify({ credential: { token } })}'\n`, {
      mode: 0o755,
    });
    const config = {
      "cmd-path": command,
      "token-key": "{.credential.token}",
      "expiry-key": "{.credential.expiry}",
    };
    await reachWith(provider("gcp", config));
    await writeFile(command, "#!/bin/sh\nexit 1\n");
    expect(await failureOf(reachWith(provider("gcp", config)))).toMatchObject({
      code: "KUBERNETES_AUTH_PROVIDER",
      message: expect.stringContaining("the auth-provider of user u failed"),
    });
  });
});

/** A token that nobody has signed, which is over after some seconds. */
function jwt(seconds: number): string {
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  return `${encoded({ alg: "RS256" })}.${encoded({ exp: Date.now() / 1000 + seconds })}.c2lnbmVk`;
}

/** An OpenID issuer that gives these answers to who asks for tokens, and refuses who asks for more. */
async function startIssuer(answers: object[]) {
  const [key, ca] = [join(directory, "issuer-key.pem"), join(directory, "issuer.pem")];
  const subject = ["-subj", "/CN=issuer", "-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", key, "-out", ca];
  await promisify(execFile)("openssl", [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    ...subject,
    ...files,
  ]);
  const asked: object[] = [];
  const server = createHttpsServer({ key: await readFile(key), cert: await readFile(ca) });
  server.on("request", async (request, response) => {
    const { url: path, headers } = request;
    asked.push({ path, body: await text(request), authorization: headers.authorization });
    const answer = path === "/token" ? answers.shift() : { token_endpoint: `${url}/token` };
    response.statusCode = answer ? 200 : 400;
    response.end(JSON.stringify(answer ?? { error: "invalid_grant" }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url, ca, asked };
}
